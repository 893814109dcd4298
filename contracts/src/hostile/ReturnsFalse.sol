// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title A token that returns false instead of reverting: nothing moves, nothing is logged.
/// @dev The transaction's status is 1 and its calldata reads like a payment.
contract ReturnsFalse {
    event Transfer(address indexed from, address indexed to, uint256 amount);

    uint8 public constant decimals = 18;
    mapping(address account => uint256) public balanceOf;

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
        emit Transfer(address(0), to, amount);
    }

    function transfer(address to, uint256 amount) external returns (bool) {
        if (balanceOf[msg.sender] < amount) return false;
        balanceOf[msg.sender] -= amount;
        balanceOf[to] += amount;
        emit Transfer(msg.sender, to, amount);
        return true;
    }
}
