// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {LogEmitter} from "../src/hostile/LogEmitter.sol";
import {NonFungible} from "../src/hostile/NonFungible.sol";
import {OddLogToken} from "../src/hostile/OddLogToken.sol";
import {Test, Vm} from "./Test.sol";

contract OddLogsTest is Test {
    bytes32 private constant TRANSFER = keccak256("Transfer(address,address,uint256)");
    address private immutable alice = account(1);
    address private immutable bob = account(2);

    function test_an_nft_has_four_topics_and_no_data() public {
        NonFungible token = new NonFungible();

        vm.recordLogs();
        token.mint(bob, 7);

        Vm.Log memory log = onlyLog(4);
        assertEq(log.data.length, 0, "data");
        assertEq(uint256(log.topics[3]), 7, "id");
        require(token.ownerOf(7) == bob, "owner");
    }

    function test_dirty_topics_hold_the_address_below_other_bits() public {
        OddLogToken token = funded();

        vm.recordLogs();
        vm.prank(alice);
        token.transferWithDirtyTopics(bob, 5);

        Vm.Log memory log = onlyLog(3);
        assertEq(token.balanceOf(bob), 5, "bob");
        assertEq(uint256(log.topics[2]) >> 160, 0xdeadbeef, "dirt");
        assertEq(uint160(uint256(log.topics[2])), uint160(bob), "receiver");
        assertEq(abi.decode(log.data, (uint256)), 5, "amount");
    }

    function testFuzz_data_have_any_size(uint8 size) public {
        OddLogToken token = funded();

        vm.recordLogs();
        vm.prank(alice);
        token.transferWithDataOf(size, bob, 5);

        Vm.Log memory log = onlyLog(3);
        assertEq(token.balanceOf(bob), 5, "bob");
        assertEq(log.data.length, size, "data");
        if (size >= 32) assertEq(uint256(bytes32(log.data)), 5, "amount");
    }

    function test_nothing_is_indexed_or_there_is_no_topic() public {
        OddLogToken token = funded();

        vm.recordLogs();
        vm.startPrank(alice);
        token.transferUnindexed(bob, 2);
        assertEq(onlyLog(1).data.length, 96, "unindexed");
        token.transferAnonymously(bob, 3);

        Vm.Log[] memory logs = vm.getRecordedLogs();
        assertEq(logs[0].topics.length, 0, "topics");
        assertEq(logs[0].data.length, 128, "anonymous");
        assertEq(token.balanceOf(bob), 5, "bob");
    }

    function testFuzz_any_log_is_emitted_from_any_address(
        bytes32[4] memory words,
        bytes memory data
    ) public {
        address system = 0xffffFFFfFFffffffffffffffFfFFFfffFFFfFFfE;
        vm.etch(system, address(new LogEmitter()).code);
        for (uint256 count; count <= 4; ++count) {
            bytes32[] memory topics = new bytes32[](count);
            for (uint256 i; i < count; ++i) {
                topics[i] = words[i];
            }

            vm.recordLogs();
            LogEmitter(system).emitLog(topics, data);

            Vm.Log memory log = vm.getRecordedLogs()[0];
            require(log.emitter == system, "emitter");
            require(keccak256(log.data) == keccak256(data), "data");
            require(keccak256(abi.encode(log.topics)) == keccak256(abi.encode(topics)), "topics");
        }
    }

    function test_a_fifth_topic_is_refused() public {
        LogEmitter emitter = new LogEmitter();

        vm.expectRevert(abi.encodeWithSelector(LogEmitter.TooManyTopics.selector, 5));
        emitter.emitLog(new bytes32[](5), "");
    }

    function funded() private returns (OddLogToken token) {
        token = new OddLogToken();
        token.mint(alice, 5);
    }

    /// @dev The one log there is, which has so many topics, the first of them that of a Transfer.
    function onlyLog(uint256 topics) private returns (Vm.Log memory) {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        assertEq(logs.length, 1, "logs");
        assertEq(logs[0].topics.length, topics, "topics");
        require(logs[0].topics[0] == TRANSFER, "topic of a Transfer");
        return logs[0];
    }
}
