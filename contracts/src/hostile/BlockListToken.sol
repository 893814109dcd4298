// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {OpenToken} from "./OpenToken.sol";

/// @title A token whose issuer pauses it, blocks accounts and destroys what they have.
/// @dev Anyone may play the issuer.
contract BlockListToken is OpenToken {
    event DestroyedBlackFunds(address indexed account, uint256 amount);

    error Paused();
    error Blocked(address account);
    error NotBlocked(address account);

    bool public paused;
    mapping(address account => bool) public isBlocked;

    constructor() OpenToken("Block List Token", "BLOCK") {}

    function setPaused(bool paused_) external {
        paused = paused_;
    }

    function setBlocked(address account, bool blocked) external {
        isBlocked[account] = blocked;
    }

    /// @notice Takes all that a blocked account has. As with USDT no Transfer is logged.
    function destroyBlackFunds(address account) external {
        if (!isBlocked[account]) revert NotBlocked(account);
        uint256 amount = balances[account];
        balances[account] = 0;
        totalSupply -= amount;
        emit DestroyedBlackFunds(account, amount);
    }

    function move(address from, address to, uint256 amount) internal override {
        if (paused) revert Paused();
        if (isBlocked[from]) revert Blocked(from);
        if (isBlocked[to]) revert Blocked(to);
        super.move(from, to, amount);
    }
}
