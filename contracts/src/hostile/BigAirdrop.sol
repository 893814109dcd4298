// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {OpenToken} from "./OpenToken.sol";

/// @title A token that pays hundreds in one transaction, with a log for each.
contract BigAirdrop is OpenToken {
    constructor() OpenToken("Airdrop", "DROP") {}

    function airdrop(address[] calldata to, uint256 amount) external {
        for (uint256 i; i < to.length; ++i) {
            balances[to[i]] += amount;
            emit Transfer(address(0), to[i], amount);
        }
        totalSupply += to.length * amount;
    }
}
