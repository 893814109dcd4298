// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ContractWallet} from "../src/value/ContractWallet.sol";
import {Delegator} from "../src/value/Delegator.sol";
import {GasBurner} from "../src/value/GasBurner.sol";
import {Killer} from "../src/value/Killer.sol";
import {ReenteringRecipient} from "../src/value/ReenteringRecipient.sol";
import {RevertingRecipient} from "../src/value/RevertingRecipient.sol";
import {Splitter} from "../src/value/Splitter.sol";
import {StillbornKiller} from "../src/value/StillbornKiller.sol";
import {ValueFactory} from "../src/value/ValueFactory.sol";
import {Test} from "./Test.sol";

contract MovedValueTest is Test {
    address payable private immutable alice = account(1);
    address payable private immutable bob = account(2);
    Splitter private splitter = new Splitter();
    ValueFactory private factory = new ValueFactory();

    function setUp() public {
        vm.deal(address(this), 1_000);
    }

    function test_a_splitter_pays_everyone() public {
        (address payable[] memory to, uint256[] memory amounts) = pair();

        splitter.split{value: 3}(to, amounts);

        assertBalances(1, 2);
    }

    function testFuzz_a_nested_split_pays_everyone_once(uint8 depth) public {
        (address payable[] memory to, uint256[] memory amounts) = pair();

        splitter.splitNested{value: 3}(to, amounts, depth % 32);

        assertBalances(1, 2);
    }

    function test_a_caught_revert_takes_back_one_payment_only() public {
        (address payable[] memory to, uint256[] memory amounts) = pair();
        bool[] memory reverts = new bool[](2);
        reverts[0] = true;

        splitter.splitCatching{value: 3}(to, amounts, reverts);

        assertBalances(0, 2);
        assertEq(address(splitter).balance, 1, "splitter");
    }

    function test_a_revert_of_the_whole_takes_back_all() public {
        (address payable[] memory to, uint256[] memory amounts) = pair();

        vm.expectRevert(abi.encodeWithSelector(Splitter.Regretted.selector));
        splitter.splitThenRevert{value: 3}(to, amounts);

        assertBalances(0, 0);
    }

    function test_code_of_others_pays_from_its_own_name() public {
        (address payable[] memory to, uint256[] memory amounts) = pair();
        Delegator delegator = new Delegator();
        bytes memory data = abi.encodeCall(Splitter.split, (to, amounts));

        delegator.viaDelegatecall{value: 3}(address(splitter), data);
        assertBalances(1, 2);

        delegator.viaCallcode{value: 3}(address(splitter), 3, data);
        assertBalances(2, 4);
        assertEq(address(splitter).balance, 0, "splitter");
    }

    function test_a_killer_leaves_all_even_to_those_who_take_nothing() public {
        RevertingRecipient recipient = new RevertingRecipient();
        Killer killer = new Killer{value: 5}();

        (bool accepted,) = address(recipient).call{value: 1}("");
        killer.kill{value: 2}(payable(address(recipient)));

        require(!accepted, "a call is refused");
        assertEq(address(recipient).balance, 7, "recipient");
    }

    function test_a_bequest_can_be_taken_back() public {
        Killer killer = new Killer();

        killer.killInVain{value: 5}(bob);

        assertBalances(0, 0);
        assertEq(address(killer).balance, 5, "killer");
    }

    function test_a_constructor_leaves_all() public {
        new StillbornKiller{value: 5}(bob);

        assertBalances(0, 5);
    }

    function test_a_factory_creates_with_coin_and_kills() public {
        factory.createAndKill{value: 5}(bob);
        factory.createStillborn{value: 6}(bob);
        factory.createInVain{value: 7}();

        assertBalances(0, 11);
        assertEq(address(factory).balance, 7, "factory");
    }

    function testFuzz_an_address_is_funded_before_its_contract_is_there(bytes32 salt) public {
        address payable wallet = payable(factory.addressOf(salt));
        vm.deal(wallet, 5);

        factory.create2{value: 2}(salt);

        assertEq(wallet.balance, 7, "wallet");
        ContractWallet(wallet).sweep(bob);
        assertBalances(0, 7);
    }

    function test_a_wallet_keeps_coin_or_passes_it_on() public {
        ContractWallet keeping = new ContractWallet(payable(address(0)));
        ContractWallet passing = new ContractWallet(bob);

        pay(address(keeping), 4);
        pay(address(passing), 5);

        assertEq(address(keeping).balance, 4, "keeping");
        assertEq(address(passing).balance, 0, "passing");
        assertBalances(0, 5);
    }

    function test_a_burner_uses_all_gas() public {
        GasBurner burner = new GasBurner();

        (bool accepted,) = address(burner).call{value: 1, gas: 100_000}("");

        require(!accepted, "no gas is enough");
    }

    function test_a_reentering_recipient_is_paid_twice() public {
        ReenteringRecipient recipient = new ReenteringRecipient();
        address payable[] memory to = new address payable[](1);
        uint256[] memory amounts = new uint256[](1);
        (to[0], amounts[0]) = (payable(address(recipient)), 8);

        splitter.split{value: 8}(to, amounts);

        assertEq(address(recipient).balance, 8, "8, of which 4 went round");
    }

    function pay(address to, uint256 amount) private {
        (bool accepted,) = to.call{value: amount}("");
        require(accepted, "payment");
    }

    function pair() private view returns (address payable[] memory to, uint256[] memory amounts) {
        (to, amounts) = (new address payable[](2), new uint256[](2));
        (to[0], amounts[0], to[1], amounts[1]) = (alice, 1, bob, 2);
    }

    function assertBalances(uint256 ofAlice, uint256 ofBob) private view {
        assertEq(alice.balance, ofAlice, "alice");
        assertEq(bob.balance, ofBob, "bob");
    }
}
