// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "../src/IERC20.sol";
import {TestToken} from "../src/TestToken.sol";
import {Test} from "./Test.sol";

contract TestTokenTest is Test {
    TestToken private token = new TestToken("Test Dollar", "TUSD", 6);
    address private immutable alice = account(1);
    address private immutable bob = account(2);

    function test_says_its_name_symbol_and_decimals() public view {
        assertEq(token.name(), "Test Dollar");
        assertEq(token.symbol(), "TUSD");
        assertEq(token.decimals(), 6, "decimals");
    }

    function testFuzz_minting_adds_to_the_balance_and_the_supply(uint128 first, uint128 second)
        public
    {
        vm.expectEmit(address(token));
        emit IERC20.Transfer(address(0), alice, first);
        token.mint(alice, first);
        token.mint(bob, second);

        assertEq(token.balanceOf(alice), first, "alice");
        assertEq(token.balanceOf(bob), second, "bob");
        assertEq(token.totalSupply(), uint256(first) + second, "supply");
    }

    function test_the_supply_cannot_exceed_a_uint256() public {
        token.mint(alice, type(uint256).max);

        vm.expectRevert(abi.encodeWithSignature("Panic(uint256)", 0x11));
        token.mint(bob, 1);
    }

    function testFuzz_a_transfer_moves_exactly_its_amount(uint256 balance, uint256 amount) public {
        vm.assume(amount <= balance);
        token.mint(alice, balance);

        vm.expectEmit(address(token));
        emit IERC20.Transfer(alice, bob, amount);
        vm.prank(alice);
        require(token.transfer(bob, amount), "transfer returns true");

        assertEq(token.balanceOf(alice), balance - amount, "alice");
        assertEq(token.balanceOf(bob), amount, "bob");
        assertEq(token.totalSupply(), balance, "supply");
    }

    function testFuzz_a_transfer_to_oneself_changes_nothing(uint256 balance, uint256 amount)
        public
    {
        vm.assume(amount <= balance);
        token.mint(alice, balance);

        vm.prank(alice);
        token.transfer(alice, amount);

        assertEq(token.balanceOf(alice), balance, "alice");
    }

    function testFuzz_nobody_transfers_more_than_they_have(uint256 balance, uint256 amount) public {
        vm.assume(amount > balance);
        token.mint(alice, balance);

        vm.expectRevert(
            abi.encodeWithSelector(
                TestToken.ERC20InsufficientBalance.selector, alice, balance, amount
            )
        );
        vm.prank(alice);
        token.transfer(bob, amount);
    }

    function test_the_zero_address_receives_nothing() public {
        bytes memory refusal =
            abi.encodeWithSelector(TestToken.ERC20InvalidReceiver.selector, address(0));

        vm.expectRevert(refusal);
        token.mint(address(0), 1);
        vm.expectRevert(refusal);
        token.transfer(address(0), 0);
    }

    function testFuzz_a_spender_spends_its_allowance(uint256 allowed, uint256 amount) public {
        vm.assume(amount <= allowed && allowed != type(uint256).max);
        token.mint(alice, type(uint256).max);
        vm.prank(alice);
        token.approve(address(this), allowed);

        token.transferFrom(alice, bob, amount);

        assertEq(token.balanceOf(bob), amount, "bob");
        assertEq(token.allowance(alice, address(this)), allowed - amount, "allowance left");
    }

    function testFuzz_a_spender_cannot_exceed_its_allowance(uint256 allowed, uint256 amount)
        public
    {
        vm.assume(amount > allowed);
        token.mint(alice, type(uint256).max);
        vm.prank(alice);
        token.approve(bob, allowed);

        vm.expectRevert(
            abi.encodeWithSelector(
                TestToken.ERC20InsufficientAllowance.selector, bob, allowed, amount
            )
        );
        vm.prank(bob);
        token.transferFrom(alice, bob, amount);
    }

    function test_an_unlimited_allowance_never_shrinks() public {
        token.mint(alice, 5);
        vm.prank(alice);
        token.approve(address(this), type(uint256).max);

        token.transferFrom(alice, bob, 5);

        assertEq(token.allowance(alice, address(this)), type(uint256).max, "allowance left");
    }
}
