// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title A token whose transfers return nothing, as USDT's do. They move the amount and log it.
contract NoReturn {
    event Transfer(address indexed from, address indexed to, uint256 amount);

    uint8 public constant decimals = 6;
    mapping(address account => uint256) public balanceOf;

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
        emit Transfer(address(0), to, amount);
    }

    function transfer(address to, uint256 amount) external {
        balanceOf[msg.sender] -= amount;
        balanceOf[to] += amount;
        emit Transfer(msg.sender, to, amount);
    }
}
