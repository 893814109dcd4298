// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Forwarders} from "../src/Forwarders.sol";
import {IERC20} from "../src/IERC20.sol";
import {TestToken} from "../src/TestToken.sol";
import {Test, Vm} from "./Test.sol";
import {BrokenToken, FlushingToken, QuietToken, StubbornToken} from "./SweptTokens.sol";

contract ForwardersTest is Test {
    address payable private immutable destination = account(0);
    Forwarders private forwarders = new Forwarders(destination);
    TestToken private token = new TestToken("Test Token", "TTKN", 18);
    TestToken private other = new TestToken("Test Dollar", "TUSD", 6);

    function testFuzz_sends_coin_and_tokens_of_all_to_the_destination(uint96[5] memory seeds)
        public
    {
        bytes32[] memory salts = new bytes32[](seeds.length);
        uint256 coin;
        uint256 tokens;
        for (uint256 i; i < seeds.length; ++i) {
            salts[i] = bytes32(i);
            address payable to = payable(forwarders.addressOf(salts[i]));
            vm.deal(to, seeds[i]);
            token.mint(to, uint256(seeds[i]) / 2);
            coin += seeds[i];
            tokens += uint256(seeds[i]) / 2;
        }

        vm.prank(account(1));
        forwarders.flush(salts, list(token, other));

        assertEq(destination.balance, coin, "coin");
        assertEq(token.balanceOf(destination), tokens, "tokens");
        for (uint256 i; i < salts.length; ++i) {
            assertEq(forwarders.addressOf(salts[i]).balance, 0, "coin left");
            assertEq(token.balanceOf(forwarders.addressOf(salts[i])), 0, "tokens left");
        }
    }

    function test_tokens_that_return_nothing_are_sent() public {
        QuietToken quiet = new QuietToken();
        quiet.mint(forwarders.addressOf(0), 5);

        flushOne(IERC20(address(quiet)));

        assertEq(quiet.balanceOf(destination), 5, "quiet token");
        assertEq(notSwept(), 0, "told of");
    }

    function test_a_token_that_refuses_keeps_nothing_else_back() public {
        IERC20[] memory tokens = new IERC20[](4);
        tokens[0] = IERC20(address(new BrokenToken()));
        tokens[1] = IERC20(address(new StubbornToken()));
        tokens[2] = IERC20(address(account(7)));
        tokens[3] = token;
        token.mint(forwarders.addressOf(0), 5);
        vm.deal(payable(forwarders.addressOf(0)), 7);

        vm.recordLogs();
        forwarders.flush(new bytes32[](1), tokens);

        assertEq(token.balanceOf(destination), 5, "token");
        assertEq(destination.balance, 7, "coin");
        assertEq(notSwept(), 3, "told of");
    }

    function test_refuses_salts_that_are_not_in_order() public {
        bytes32[] memory salts = new bytes32[](2);

        vm.expectRevert(abi.encodeWithSelector(Forwarders.NotInOrder.selector, 1));
        forwarders.flush(salts, new IERC20[](0));
    }

    function test_a_token_that_calls_back_changes_nothing() public {
        FlushingToken flushing = new FlushingToken(forwarders);
        token.mint(forwarders.addressOf(0), 5);

        vm.recordLogs();
        forwarders.flush(new bytes32[](1), list(IERC20(address(flushing)), token));

        assertEq(token.balanceOf(destination), 5, "token");
        assertEq(notSwept(), 1, "told of");
    }

    function test_flushing_again_sweeps_what_is_named_then_and_no_more() public {
        forwarders.flush(new bytes32[](0), list(token, other));
        address to = forwarders.addressOf(0);
        token.mint(to, 5);
        other.mint(to, 6);

        flushOne(other);

        assertEq(other.balanceOf(destination), 6, "named");
        assertEq(token.balanceOf(to), 5, "not named");
    }

    function flushOne(IERC20 only) private {
        IERC20[] memory tokens = new IERC20[](1);
        tokens[0] = only;
        vm.recordLogs();
        forwarders.flush(new bytes32[](1), tokens);
    }

    function list(IERC20 first, IERC20 second) private pure returns (IERC20[] memory tokens) {
        tokens = new IERC20[](2);
        (tokens[0], tokens[1]) = (first, second);
    }

    function notSwept() private returns (uint256 count) {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i; i < logs.length; ++i) {
            if (logs[i].topics[0] == keccak256("NotSwept(address)")) ++count;
        }
    }
}
