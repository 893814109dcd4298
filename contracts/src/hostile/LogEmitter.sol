// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Emits any log. Its code may be put at any address, to speak with that address's voice.
/// @dev At 0xffff…fffe it speaks as EIP-7708 does, by which coin is to log its transfers.
contract LogEmitter {
    error TooManyTopics(uint256 topics);

    function emitLog(bytes32[] calldata topics, bytes calldata data) external {
        uint256 count = topics.length;
        if (count > 4) revert TooManyTopics(count);
        bytes memory copy = data;
        bytes32[4] memory topic;
        for (uint256 i; i < count; ++i) {
            topic[i] = topics[i];
        }
        assembly {
            let start := add(copy, 32)
            let size := mload(copy)
            let first := mload(topic)
            let second := mload(add(topic, 32))
            let third := mload(add(topic, 64))
            switch count
            case 0 { log0(start, size) }
            case 1 { log1(start, size, first) }
            case 2 { log2(start, size, first, second) }
            case 3 { log3(start, size, first, second, third) }
            case 4 { log4(start, size, first, second, third, mload(add(topic, 96))) }
        }
    }
}
