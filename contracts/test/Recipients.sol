// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BatchPayer} from "../src/BatchPayer.sol";

/// @dev Refuses every payment.
contract Refuser {
    error NotToday();

    receive() external payable {
        revert NotToday();
    }
}

/// @dev Calls back once, while it is being paid, and tries to be paid `extra` more.
contract Reenterer {
    uint256 private extra;
    bool private entered;

    constructor(uint256 extra_) payable {
        extra = extra_;
    }

    receive() external payable {
        if (entered) return;
        entered = true;
        address payable[] memory to = new address payable[](1);
        uint256[] memory amounts = new uint256[](1);
        (to[0], amounts[0]) = (payable(address(this)), extra);
        BatchPayer(msg.sender).payNative(to, amounts);
    }
}
