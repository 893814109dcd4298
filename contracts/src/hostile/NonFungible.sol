// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title An NFT, whose Transfer has an ERC-20's first topic, a fourth one for the id, and no data.
contract NonFungible {
    event Transfer(address indexed from, address indexed to, uint256 indexed id);

    mapping(uint256 id => address) public ownerOf;
    mapping(address account => uint256) public balanceOf;

    function mint(address to, uint256 id) external {
        ownerOf[id] = to;
        balanceOf[to] += 1;
        emit Transfer(address(0), to, id);
    }
}
