// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "../IERC20.sol";

/// @title What the hostile tokens share: an ERC-20 that anyone may mint and whose `move` may lie.
/// @dev Its storage is laid out as TestToken's is, so that a proxy may change from one to the
/// other.
abstract contract OpenToken is IERC20 {
    error ERC20InsufficientBalance(address sender, uint256 balance, uint256 needed);
    error ERC20InsufficientAllowance(address spender, uint256 allowance, uint256 needed);

    string public name;
    string public symbol;

    uint256 public totalSupply;
    mapping(address account => uint256) internal balances;
    mapping(address owner => mapping(address spender => uint256)) public allowance;

    constructor(string memory name_, string memory symbol_) {
        name = name_;
        symbol = symbol_;
    }

    function decimals() external pure virtual returns (uint8) {
        return 18;
    }

    function balanceOf(address account) public view virtual returns (uint256) {
        return balances[account];
    }

    function mint(address to, uint256 amount) external {
        totalSupply += amount;
        balances[to] += amount;
        emit Transfer(address(0), to, amount);
    }

    function approve(address spender, uint256 amount) external returns (bool) {
        allowance[msg.sender][spender] = amount;
        emit Approval(msg.sender, spender, amount);
        return true;
    }

    function transfer(address to, uint256 amount) external returns (bool) {
        move(msg.sender, to, amount);
        return true;
    }

    function transferFrom(address from, address to, uint256 amount) external returns (bool) {
        uint256 allowed = allowance[from][msg.sender];
        if (allowed < amount) revert ERC20InsufficientAllowance(msg.sender, allowed, amount);
        allowance[from][msg.sender] = allowed - amount;
        move(from, to, amount);
        return true;
    }

    /// @dev Moves the amount and says so.
    function move(address from, address to, uint256 amount) internal virtual {
        shift(from, to, amount);
        emit Transfer(from, to, amount);
    }

    /// @dev Moves the amount and says nothing.
    function shift(address from, address to, uint256 amount) internal {
        uint256 balance = balances[from];
        if (balance < amount) revert ERC20InsufficientBalance(from, balance, amount);
        balances[from] = balance - amount;
        balances[to] += amount;
    }
}
