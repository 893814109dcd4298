// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {OpenToken} from "./OpenToken.sol";

/// @title A token whose balances all change at once, by a factor that anyone may set.
contract RebasingToken is OpenToken {
    /// What one share is worth, in hundredths of a percent.
    uint256 public factor = 10_000;

    constructor() OpenToken("Rebasing Token", "REBASE") {}

    function balanceOf(address account) public view override returns (uint256) {
        return balances[account] * factor / 10_000;
    }

    /// @notice Changes every balance, and no log says so.
    function rebase(uint256 factor_) external {
        factor = factor_;
    }

    /// @notice Raises every balance, and logs what each of `holders` gained as if it were minted.
    function rebaseLogging(uint256 factor_, address[] calldata holders) external {
        for (uint256 i; i < holders.length; ++i) {
            uint256 gain = balances[holders[i]] * factor_ / 10_000 - balanceOf(holders[i]);
            emit Transfer(address(0), holders[i], gain);
        }
        factor = factor_;
    }

    /// @dev The amount is in today's units; the shares are rounded down.
    function move(address from, address to, uint256 amount) internal override {
        shift(from, to, amount * 10_000 / factor);
        emit Transfer(from, to, amount);
    }
}
