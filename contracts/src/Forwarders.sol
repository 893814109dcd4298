// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Forwarder} from "./Forwarder.sol";
import {IERC20} from "./IERC20.sol";

/// @title Any number of addresses whose holdings go to one destination.
/// @notice An address is known before anything is deployed: by EIP-1014 from this contract, a salt
/// and `initCodeHash`. Whoever flushes pays the gas and gains nothing, so everybody may.
contract Forwarders {
    /// Flushing while flushing: a token called back.
    error Reentered();

    /// The salt at `index`, counted from 0, is not above the one before it.
    error NotInOrder(uint256 index);

    /// Nothing of `salt` was sent: the gas ran out.
    event NotFlushed(bytes32 indexed salt);

    /// @notice Where everything goes. It never changes, since addresses depend on it.
    address payable public immutable destination;
    bytes32 public constant initCodeHash = keccak256(type(Forwarder).creationCode);

    /// What is being swept, for the time of one call.
    uint256 private transient count;
    bool private transient isFlushing;

    constructor(address payable destination_) {
        destination = destination_;
    }

    function addressOf(bytes32 salt) external view returns (address) {
        bytes32 hash = keccak256(abi.encodePacked(hex"ff", address(this), salt, initCodeHash));
        return address(uint160(uint256(hash)));
    }

    /// @notice Sends the coin and the `tokens` that the addresses of `salts` hold. A token that
    /// refuses to be sent is told of by an event, and keeps nothing else back.
    /// @dev Salts rise, so that none is there twice: it would cost all the gas of the transaction.
    function flush(bytes32[] calldata salts, IERC20[] calldata tokens) external {
        if (isFlushing) revert Reentered();
        isFlushing = true;
        count = tokens.length;
        for (uint256 i; i < tokens.length; ++i) {
            setToken(i, tokens[i]);
        }
        for (uint256 i; i < salts.length; ++i) {
            if (i > 0 && salts[i] <= salts[i - 1]) revert NotInOrder(i);
            try new Forwarder{salt: salts[i]}() {}
            catch {
                emit NotFlushed(salts[i]);
            }
        }
        isFlushing = false;
    }

    /// @notice What a forwarder that is being created is to sweep.
    function sweeping() external view returns (IERC20[] memory tokens) {
        tokens = new IERC20[](count);
        for (uint256 i; i < tokens.length; ++i) {
            tokens[i] = tokenAt(i);
        }
    }

    /// @dev Solidity knows no transient arrays.
    function setToken(uint256 index, IERC20 token) private {
        bytes32 slot = slotOf(index);
        assembly ("memory-safe") {
            tstore(slot, token)
        }
    }

    function tokenAt(uint256 index) private view returns (IERC20 token) {
        bytes32 slot = slotOf(index);
        assembly ("memory-safe") {
            token := tload(slot)
        }
    }

    function slotOf(uint256 index) private pure returns (bytes32) {
        return bytes32(uint256(keccak256("coffer.forwarders.tokens")) + index);
    }
}
