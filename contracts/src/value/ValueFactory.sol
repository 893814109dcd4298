// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ContractWallet} from "./ContractWallet.sol";
import {Killer} from "./Killer.sol";
import {StillbornKiller} from "./StillbornKiller.sol";

/// @title Creates contracts with coin in them, at addresses known and perhaps paid before.
contract ValueFactory {
    error Regretted();

    event Created(address wallet);

    function create() external payable {
        emit Created(address(new ContractWallet{value: msg.value}(payable(address(0)))));
    }

    /// @notice Whether there was coin at the address before makes no difference to what is moved.
    function create2(bytes32 salt) external payable {
        emit Created(address(new ContractWallet{value: msg.value, salt: salt}(payable(address(0)))));
    }

    function addressOf(bytes32 salt) external view returns (address) {
        bytes32 code =
            keccak256(abi.encodePacked(type(ContractWallet).creationCode, abi.encode(address(0))));
        return address(
            uint160(uint256(keccak256(abi.encodePacked(bytes1(0xff), address(this), salt, code))))
        );
    }

    /// @notice The created contract is destroyed by a later call of the same transaction.
    function createAndKill(address payable beneficiary) external payable {
        new Killer{value: msg.value}().kill(beneficiary);
    }

    /// @notice The created contract is destroyed in its constructor.
    function createStillborn(address payable beneficiary) external payable {
        new StillbornKiller{value: msg.value}(beneficiary);
    }

    /// @notice The creation is taken back by a revert, while the transaction succeeds.
    function createInVain() external payable {
        try this.createAndRevert{value: msg.value}() {} catch {}
    }

    function createAndRevert() external payable {
        new ContractWallet{value: msg.value}(payable(address(0)));
        revert Regretted();
    }
}
