// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Splitter} from "./Splitter.sol";

/// @title Pays a part of what it gets back through its payer, and so is paid twice.
contract ReenteringRecipient {
    bool private entered;

    receive() external payable {
        if (entered) return;
        entered = true;
        address payable[] memory to = new address payable[](1);
        uint256[] memory amounts = new uint256[](1);
        (to[0], amounts[0]) = (payable(address(this)), msg.value / 2);
        Splitter(payable(msg.sender)).split{value: amounts[0]}(to, amounts);
        entered = false;
    }
}
