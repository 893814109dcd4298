// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BatchPayer} from "../src/BatchPayer.sol";
import {IERC20} from "../src/IERC20.sol";
import {TestToken} from "../src/TestToken.sol";
import {Reenterer, Refuser} from "./Recipients.sol";
import {FalseToken, SilentToken} from "./Tokens.sol";
import {Test} from "./Test.sol";

contract BatchPayerTest is Test {
    BatchPayer private payer = new BatchPayer();
    TestToken private token = new TestToken("Test Token", "TTKN", 18);
    address private immutable caller = account(0);

    function testFuzz_pays_native_coin_to_everyone(uint96[] memory seeds) public {
        (address payable[] memory to, uint256[] memory amounts, uint256 sum) = recipients(seeds);
        vm.deal(caller, sum);

        vm.prank(caller);
        payer.payNative{value: sum}(to, amounts);

        for (uint256 i; i < to.length; ++i) {
            assertEq(to[i].balance, amounts[i], "recipient");
        }
        assertEq(caller.balance, 0, "caller");
        assertEq(address(payer).balance, 0, "payer");
    }

    function testFuzz_pays_a_token_to_everyone(uint96[] memory seeds) public {
        (address payable[] memory to, uint256[] memory amounts, uint256 sum) = recipients(seeds);
        fund(sum);

        vm.prank(caller);
        payer.payToken(token, plain(to), amounts);

        for (uint256 i; i < to.length; ++i) {
            assertEq(token.balanceOf(to[i]), amounts[i], "recipient");
        }
        assertEq(token.balanceOf(caller), 0, "caller");
        assertEq(token.balanceOf(address(payer)), 0, "payer");
    }

    function testFuzz_pays_coin_and_tokens_together(uint96 coin, uint96 first, uint96 second)
        public
    {
        TestToken other = new TestToken("Test Dollar", "TUSD", 6);
        fund(first);
        other.mint(caller, second);
        vm.deal(caller, coin);
        BatchPayer.Payment[] memory payments = new BatchPayer.Payment[](3);
        payments[0] = BatchPayer.Payment(token, account(1), first);
        payments[1] = BatchPayer.Payment(IERC20(address(0)), account(1), coin);
        payments[2] = BatchPayer.Payment(other, account(2), second);

        vm.startPrank(caller);
        other.approve(address(payer), second);
        payer.pay{value: coin}(payments);

        assertEq(token.balanceOf(account(1)), first, "first token");
        assertEq(account(1).balance, coin, "coin");
        assertEq(other.balanceOf(account(2)), second, "second token");
        assertEq(address(payer).balance, 0, "payer");
    }

    function test_pays_the_same_recipient_twice() public {
        fund(3);
        (address payable[] memory to, uint256[] memory amounts) = pair(account(1), 1, account(1), 2);

        vm.expectEmit(address(token));
        emit IERC20.Transfer(caller, account(1), 1);
        vm.expectEmit(address(token));
        emit IERC20.Transfer(caller, account(1), 2);
        vm.prank(caller);
        payer.payToken(token, plain(to), amounts);

        assertEq(token.balanceOf(account(1)), 3, "recipient");
    }

    function test_pays_a_token_that_returns_nothing() public {
        SilentToken silent = new SilentToken();
        silent.mint(caller, 3);
        (address payable[] memory to, uint256[] memory amounts) = pair(account(1), 1, account(2), 2);

        vm.prank(caller);
        payer.payToken(IERC20(address(silent)), plain(to), amounts);

        assertEq(silent.balanceOf(account(2)), 2, "recipient");
    }

    function testFuzz_refuses_lists_of_unequal_length(uint8 recipientCount, uint8 amountCount)
        public
    {
        vm.assume(recipientCount != amountCount);
        bytes memory refusal =
            abi.encodeWithSelector(BatchPayer.LengthMismatch.selector, recipientCount, amountCount);

        vm.expectRevert(refusal);
        payer.payNative(new address payable[](recipientCount), new uint256[](amountCount));
        vm.expectRevert(refusal);
        payer.payToken(token, new address[](recipientCount), new uint256[](amountCount));
    }

    function testFuzz_refuses_value_that_is_not_the_sum(uint96 value, uint96 first, uint96 second)
        public
    {
        uint256 needed = uint256(first) + second;
        vm.assume(value != needed);
        vm.deal(address(this), value);
        (address payable[] memory to, uint256[] memory amounts) =
            pair(account(1), first, account(2), second);

        vm.expectRevert(abi.encodeWithSelector(BatchPayer.ValueMismatch.selector, value, needed));
        payer.payNative{value: value}(to, amounts);
    }

    function test_refuses_a_sum_that_no_uint256_holds() public {
        (address payable[] memory to, uint256[] memory amounts) =
            pair(account(1), type(uint256).max, account(2), 1);

        vm.expectRevert(
            abi.encodeWithSelector(BatchPayer.ValueMismatch.selector, 0, type(uint256).max)
        );
        payer.payNative(to, amounts);
    }

    function test_refuses_value_for_token_payments() public {
        BatchPayer.Payment[] memory payments = new BatchPayer.Payment[](1);
        payments[0] = BatchPayer.Payment(token, account(1), 1);
        fund(1);
        vm.deal(caller, 1);

        vm.expectRevert(abi.encodeWithSelector(BatchPayer.ValueMismatch.selector, 1, 0));
        vm.prank(caller);
        payer.pay{value: 1}(payments);
    }

    function test_one_refusing_recipient_undoes_all_and_is_named() public {
        Refuser refuser = new Refuser();
        vm.deal(caller, 3);
        (address payable[] memory to, uint256[] memory amounts) =
            pair(account(1), 1, payable(address(refuser)), 2);

        vm.expectRevert(failed(1, abi.encodeWithSelector(Refuser.NotToday.selector)));
        vm.prank(caller);
        payer.payNative{value: 3}(to, amounts);

        assertEq(account(1).balance, 0, "first recipient");
        assertEq(caller.balance, 3, "caller");
    }

    function test_a_token_that_runs_out_undoes_all_and_is_named() public {
        fund(2);
        (address payable[] memory to, uint256[] memory amounts) = pair(account(1), 1, account(2), 2);
        vm.prank(caller);
        token.approve(address(payer), type(uint256).max);

        vm.expectRevert(
            failed(
                1, abi.encodeWithSelector(TestToken.ERC20InsufficientBalance.selector, caller, 1, 2)
            )
        );
        vm.prank(caller);
        payer.payToken(token, plain(to), amounts);

        assertEq(token.balanceOf(account(1)), 0, "first recipient");
    }

    function test_a_token_that_returns_false_has_failed() public {
        (address payable[] memory to, uint256[] memory amounts) = pair(account(1), 1, account(2), 2);
        FalseToken refusing = new FalseToken();

        vm.expectRevert(failed(0, abi.encode(false)));
        payer.payToken(IERC20(address(refusing)), plain(to), amounts);
    }

    function test_an_address_without_code_is_no_token() public {
        (address payable[] memory to, uint256[] memory amounts) = pair(account(1), 1, account(2), 2);

        vm.expectRevert(failed(0, ""));
        payer.payToken(IERC20(account(3)), plain(to), amounts);
    }

    function testFuzz_a_recipient_that_calls_back_gets_only_its_own(uint96 amount, uint96 others)
        public
    {
        vm.assume(others > 0);
        Reenterer thief = new Reenterer(others);
        vm.deal(caller, uint256(amount) + others);
        (address payable[] memory to, uint256[] memory amounts) =
            pair(payable(address(thief)), amount, account(1), others);

        bytes memory refusal = abi.encodeWithSelector(BatchPayer.ValueMismatch.selector, 0, others);
        vm.expectRevert(failed(0, refusal));
        vm.prank(caller);
        payer.payNative{value: uint256(amount) + others}(to, amounts);
    }

    function test_takes_no_coin_outside_a_payment() public {
        vm.deal(address(this), 1);

        (bool accepted,) = address(payer).call{value: 1}("");

        require(!accepted, "coin would be stuck");
    }

    function fund(uint256 amount) private {
        token.mint(caller, amount);
        vm.prank(caller);
        token.approve(address(payer), amount);
    }

    function failed(uint256 index, bytes memory reason) private pure returns (bytes memory) {
        return abi.encodeWithSelector(BatchPayer.PaymentFailed.selector, index, reason);
    }

    function recipients(uint96[] memory seeds)
        private
        pure
        returns (address payable[] memory to, uint256[] memory amounts, uint256 sum)
    {
        to = new address payable[](seeds.length);
        amounts = new uint256[](seeds.length);
        for (uint256 i; i < seeds.length; ++i) {
            (to[i], amounts[i]) = (account(i + 1), seeds[i]);
            sum += seeds[i];
        }
    }

    function pair(address payable first, uint256 one, address payable second, uint256 two)
        private
        pure
        returns (address payable[] memory to, uint256[] memory amounts)
    {
        to = new address payable[](2);
        amounts = new uint256[](2);
        (to[0], amounts[0], to[1], amounts[1]) = (first, one, second, two);
    }

    function plain(address payable[] memory to) private pure returns (address[] memory addresses) {
        addresses = new address[](to.length);
        for (uint256 i; i < to.length; ++i) {
            addresses[i] = to[i];
        }
    }
}
