// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "./IERC20.sol";

/// What a forwarder asks of the one that creates it.
interface ISweeper {
    function sweeping() external view returns (IERC20[] memory tokens);
    function destination() external view returns (address payable);
}

/// @title Sends all that its address holds to one destination, and is gone.
/// @notice It lives for its creation alone, so its address never has code between transactions: it
/// may be paid in any way, and created again for what is paid later.
/// @dev The code takes no arguments, so that the address depends on creator and salt only. EIP-6780
/// lets a contract be deleted in the transaction that created it, and nowhere else.
contract Forwarder {
    /// `token` stays at this address for now: it refused to be sent.
    event NotSwept(IERC20 indexed token);

    constructor() {
        ISweeper sweeper = ISweeper(msg.sender);
        address payable to = sweeper.destination();
        IERC20[] memory tokens = sweeper.sweeping();
        for (uint256 i; i < tokens.length; ++i) {
            if (!sweep(tokens[i], to)) emit NotSwept(tokens[i]);
        }
        selfdestruct(to);
    }

    /// @dev One token that fails must not keep the others back, nor the coin.
    function sweep(IERC20 token, address to) private returns (bool) {
        (bool answers, bytes memory held) =
            address(token).staticcall(abi.encodeCall(IERC20.balanceOf, (address(this))));
        if (!answers || held.length < 32) return false;
        uint256 amount = abi.decode(held, (uint256));
        if (amount == 0) return true;
        (bool sent, bytes memory answer) =
            address(token).call(abi.encodeCall(IERC20.transfer, (to, amount)));
        // Some tokens return nothing.
        return
            sent
                && (answer.length == 0
                    || (answer.length >= 32 && abi.decode(answer, (uint256)) == 1));
    }
}
