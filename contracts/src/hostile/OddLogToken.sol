// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title A token that moves amounts, and whose Transfer logs no decoder was made for.
contract OddLogToken {
    bytes32 private constant TRANSFER = keccak256("Transfer(address,address,uint256)");
    uint256 private constant DIRT = uint256(0xdeadbeef) << 160;

    uint8 public constant decimals = 18;
    mapping(address account => uint256) public balanceOf;

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    /// @notice The topics of the addresses have other bits than zero above the address.
    function transferWithDirtyTopics(address to, uint256 amount) external {
        shift(to, amount);
        uint256 from = DIRT | uint160(msg.sender);
        uint256 receiver = DIRT | uint160(to);
        bytes32 topic = TRANSFER;
        assembly {
            mstore(0, amount)
            log3(0, 32, topic, from, receiver)
        }
    }

    /// @notice The data are `size` bytes: the amount cut short, or with others behind it.
    function transferWithDataOf(uint256 size, address to, uint256 amount) external {
        shift(to, amount);
        bytes memory data = new bytes(size < 32 ? 32 : size);
        bytes32 topic = TRANSFER;
        assembly {
            mstore(add(data, 32), amount)
            log3(add(data, 32), size, topic, caller(), to)
        }
    }

    /// @notice Nothing is indexed, as in some tokens of 2017: one topic and three words.
    function transferUnindexed(address to, uint256 amount) external {
        shift(to, amount);
        bytes memory data = abi.encode(msg.sender, to, amount);
        bytes32 topic = TRANSFER;
        assembly {
            log1(add(data, 32), mload(data), topic)
        }
    }

    /// @notice The log has no topic at all: what an anonymous event looks like.
    function transferAnonymously(address to, uint256 amount) external {
        shift(to, amount);
        bytes memory data = abi.encode(TRANSFER, msg.sender, to, amount);
        assembly {
            log0(add(data, 32), mload(data))
        }
    }

    function shift(address to, uint256 amount) private {
        balanceOf[msg.sender] -= amount;
        balanceOf[to] += amount;
    }
}
