// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Forwarders} from "../src/Forwarders.sol";
import {IERC20} from "../src/IERC20.sol";

/// @dev Moves the amount and returns nothing, as USDT does.
contract QuietToken {
    mapping(address account => uint256) public balanceOf;

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    function transfer(address to, uint256 amount) external {
        balanceOf[msg.sender] -= amount;
        balanceOf[to] += amount;
    }
}

/// @dev Says that everybody has one, and reverts when it is to move.
contract BrokenToken {
    function balanceOf(address) external pure returns (uint256) {
        return 1;
    }
}

/// @dev Doesn't revert when it refuses: it returns false.
contract StubbornToken {
    function balanceOf(address) external pure returns (uint256) {
        return 1;
    }

    function transfer(address, uint256) external pure returns (bool) {
        return false;
    }
}

/// @dev Flushes once more while it is being moved.
contract FlushingToken {
    Forwarders private immutable forwarders;

    constructor(Forwarders forwarders_) {
        forwarders = forwarders_;
    }

    function balanceOf(address) external pure returns (uint256) {
        return 1;
    }

    function transfer(address, uint256) external returns (bool) {
        forwarders.flush(new bytes32[](0), new IERC20[](0));
        return true;
    }
}
