// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Takes no coin but that of a SELFDESTRUCT, which asks nobody.
contract RevertingRecipient {
    error NotToday();

    receive() external payable {
        revert NotToday();
    }
}
