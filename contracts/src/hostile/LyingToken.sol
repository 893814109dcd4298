// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {OpenToken} from "./OpenToken.sol";

/// @title A token whose logs and balances have nothing to do with each other.
/// @dev Its `transfer` only logs; so does a proxy that was upgraded to it. It takes any name.
contract LyingToken is OpenToken {
    constructor(string memory name_, string memory symbol_) OpenToken(name_, symbol_) {}

    /// @notice Moves the amount and logs nothing.
    function moveSilently(address to, uint256 amount) external {
        shift(msg.sender, to, amount);
    }

    function move(address from, address to, uint256 amount) internal override {
        emit Transfer(from, to, amount);
    }
}
