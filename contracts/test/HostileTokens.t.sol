// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {TestToken} from "../src/TestToken.sol";
import {BigAirdrop} from "../src/hostile/BigAirdrop.sol";
import {BlockListToken} from "../src/hostile/BlockListToken.sol";
import {Bytes32Metadata} from "../src/hostile/Bytes32Metadata.sol";
import {FeeToken} from "../src/hostile/FeeToken.sol";
import {LyingToken} from "../src/hostile/LyingToken.sol";
import {NoReturn} from "../src/hostile/NoReturn.sol";
import {RebasingToken} from "../src/hostile/RebasingToken.sol";
import {ReturnsFalse} from "../src/hostile/ReturnsFalse.sol";
import {UpgradeableToken} from "../src/hostile/UpgradeableToken.sol";
import {Test, Vm} from "./Test.sol";

contract HostileTokensTest is Test {
    address private immutable alice = account(1);
    address private immutable bob = account(2);

    function test_a_fee_is_taken_and_logs_say_what_arrives() public {
        FeeToken token = new FeeToken(1_000, false);
        token.mint(alice, 100);

        vm.recordLogs();
        vm.prank(alice);
        require(token.transfer(bob, 100), "transfer returns true");

        Vm.Log[] memory logs = vm.getRecordedLogs();
        assertEq(token.balanceOf(bob), 90, "bob");
        assertEq(token.balanceOf(address(token)), 10, "fee");
        assertEq(logs.length, 2, "logs");
        assertEq(abi.decode(logs[0].data, (uint256)), 90, "logged");
    }

    function testFuzz_a_fee_is_taken_and_the_log_says_what_was_sent(uint96 amount, uint16 rate)
        public
    {
        vm.assume(rate <= 10_000);
        FeeToken token = new FeeToken(0, true);
        token.setFeeRate(rate);
        token.mint(alice, amount);

        vm.recordLogs();
        vm.prank(alice);
        require(token.transfer(bob, amount), "transfer returns true");

        Vm.Log[] memory logs = vm.getRecordedLogs();
        uint256 fee = uint256(amount) * rate / 10_000;
        assertEq(token.balanceOf(bob), amount - fee, "bob");
        assertEq(logs.length, 1, "logs");
        assertEq(abi.decode(logs[0].data, (uint256)), amount, "logged");
    }

    function test_a_rebase_changes_balances_without_a_log() public {
        RebasingToken token = new RebasingToken();
        token.mint(bob, 100);

        vm.recordLogs();
        token.rebase(15_000);

        assertEq(token.balanceOf(bob), 150, "bob");
        assertEq(vm.getRecordedLogs().length, 0, "logs");
    }

    function test_a_rebase_may_log_what_it_adds() public {
        RebasingToken token = new RebasingToken();
        token.mint(bob, 100);
        address[] memory holders = new address[](1);
        holders[0] = bob;

        vm.recordLogs();
        token.rebaseLogging(11_000, holders);

        Vm.Log[] memory logs = vm.getRecordedLogs();
        assertEq(token.balanceOf(bob), 110, "bob");
        assertEq(abi.decode(logs[0].data, (uint256)), 10, "logged");
    }

    function test_after_a_rebase_a_transfer_moves_units_of_today() public {
        RebasingToken token = new RebasingToken();
        token.mint(alice, 100);
        token.rebase(20_000);

        vm.prank(alice);
        require(token.transfer(bob, 50), "transfer returns true");

        assertEq(token.balanceOf(bob), 50, "bob");
        assertEq(token.balanceOf(alice), 150, "alice");
    }

    function test_what_is_not_there_is_refused_with_false_and_no_log() public {
        ReturnsFalse token = new ReturnsFalse();
        token.mint(alice, 1);

        vm.recordLogs();
        vm.startPrank(alice);
        require(!token.transfer(bob, 2), "transfer returns false");

        assertEq(vm.getRecordedLogs().length, 0, "logs");
        assertEq(token.balanceOf(bob), 0, "bob");
        require(token.transfer(bob, 1), "transfer returns true");
        assertEq(token.balanceOf(bob), 1, "bob");
    }

    function test_a_transfer_that_returns_nothing_moves_and_logs() public {
        NoReturn token = new NoReturn();
        token.mint(alice, 5);

        vm.recordLogs();
        vm.prank(alice);
        (bool success, bytes memory answer) =
            address(token).call(abi.encodeCall(NoReturn.transfer, (bob, 5)));

        require(success && answer.length == 0, "succeeds and returns nothing");
        assertEq(token.balanceOf(bob), 5, "bob");
        assertEq(vm.getRecordedLogs().length, 1, "logs");
    }

    function test_a_lying_token_logs_what_it_does_not_move_and_moves_what_it_does_not_log() public {
        LyingToken token = new LyingToken("Test Dollar", "TUSD");
        token.mint(alice, 5);

        vm.recordLogs();
        vm.startPrank(alice);
        require(token.transfer(bob, 1_000), "transfer returns true");
        assertEq(vm.getRecordedLogs().length, 1, "logs of the lie");
        assertEq(token.balanceOf(bob), 0, "bob after the lie");

        token.moveSilently(bob, 5);
        assertEq(vm.getRecordedLogs().length, 0, "logs of the silent move");
        assertEq(token.balanceOf(bob), 5, "bob after the silent move");
    }

    function test_an_upgrade_keeps_balances_and_may_bring_a_liar() public {
        UpgradeableToken proxy = new UpgradeableToken(address(new TestToken("", "", 6)));
        TestToken token = TestToken(address(proxy));
        bytes32 slot = bytes32(uint256(keccak256("eip1967.proxy.implementation")) - 1);
        token.mint(alice, 7);
        vm.startPrank(alice);
        require(token.transfer(bob, 3), "transfer returns true");
        assertEq(token.balanceOf(bob), 3, "bob before");

        LyingToken liar = new LyingToken("Test Dollar", "TUSD");
        proxy.upgradeTo(address(liar));
        vm.recordLogs();
        require(token.transfer(bob, 1_000), "transfer returns true");

        assertEq(uint256(vm.load(address(proxy), slot)), uint160(address(liar)), "slot");
        assertEq(vm.getRecordedLogs().length, 1, "logs of the lie");
        assertEq(token.balanceOf(bob), 3, "bob after");
        assertEq(token.balanceOf(alice), 4, "alice after");
    }

    function test_a_proxy_passes_on_why_it_was_refused() public {
        UpgradeableToken proxy = new UpgradeableToken(address(new TestToken("", "", 6)));

        vm.expectRevert(
            abi.encodeWithSelector(TestToken.ERC20InsufficientBalance.selector, alice, 0, 1)
        );
        vm.prank(alice);
        TestToken(address(proxy)).transfer(bob, 1);
    }

    function test_the_issuer_pauses_blocks_and_destroys() public {
        BlockListToken token = new BlockListToken();
        token.mint(alice, 9);
        token.mint(bob, 4);

        token.setPaused(true);
        vm.expectRevert(abi.encodeWithSelector(BlockListToken.Paused.selector));
        vm.prank(alice);
        token.transfer(bob, 1);

        token.setPaused(false);
        token.setBlocked(bob, true);
        vm.expectRevert(abi.encodeWithSelector(BlockListToken.Blocked.selector, bob));
        vm.prank(alice);
        token.transfer(bob, 1);
        vm.expectRevert(abi.encodeWithSelector(BlockListToken.Blocked.selector, bob));
        vm.prank(bob);
        token.transfer(alice, 1);

        vm.recordLogs();
        token.destroyBlackFunds(bob);
        assertEq(token.balanceOf(bob), 0, "bob");
        assertEq(token.totalSupply(), 9, "supply");
        Vm.Log[] memory logs = vm.getRecordedLogs();
        assertEq(logs.length, 1, "logs");
        require(logs[0].topics[0] == BlockListToken.DestroyedBlackFunds.selector, "no Transfer");
    }

    function test_only_what_is_blocked_can_be_destroyed() public {
        BlockListToken token = new BlockListToken();

        vm.expectRevert(abi.encodeWithSelector(BlockListToken.NotBlocked.selector, alice));
        token.destroyBlackFunds(alice);
    }

    function test_metadata_of_bytes32_are_no_string() public {
        Bytes32Metadata token = new Bytes32Metadata();

        (, bytes memory symbol) = address(token).call(abi.encodeWithSignature("symbol()"));

        assertEq(symbol.length, 32, "one word, where a string takes three");
        require(bytes32(symbol) == "B32", "symbol");
    }

    function test_a_token_has_the_symbol_and_the_decimals_that_it_likes() public {
        TestToken low = new TestToken("Low", "=HYPERLINK(\"//evil\")", 2);
        TestToken high = new TestToken("<script>alert(1)</script>", "HIGH", 24);

        assertEq(low.decimals(), 2, "low");
        assertEq(high.decimals(), 24, "high");
        assertEq(low.symbol(), "=HYPERLINK(\"//evil\")");
        assertEq(high.name(), "<script>alert(1)</script>");
    }

    function test_an_airdrop_logs_five_hundred_transfers_in_one_call() public {
        BigAirdrop token = new BigAirdrop();
        address[] memory to = new address[](500);
        for (uint256 i; i < to.length; ++i) {
            to[i] = address(uint160(0x1000 + i));
        }

        vm.recordLogs();
        token.airdrop(to, 3);

        assertEq(vm.getRecordedLogs().length, 500, "logs");
        assertEq(token.balanceOf(to[0]), 3, "first");
        assertEq(token.balanceOf(to[499]), 3, "last");
        assertEq(token.totalSupply(), 1_500, "supply");
    }
}
