// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title A token whose name and symbol are bytes32 instead of strings, as MKR's are.
contract Bytes32Metadata {
    event Transfer(address indexed from, address indexed to, uint256 amount);

    bytes32 public constant name = "Bytes32 Token";
    bytes32 public constant symbol = "B32";
    uint8 public constant decimals = 18;
    mapping(address account => uint256) public balanceOf;

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
        emit Transfer(address(0), to, amount);
    }
}
