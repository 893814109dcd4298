// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Is gone before it was there: its constructor is a SELFDESTRUCT.
contract StillbornKiller {
    constructor(address payable beneficiary) payable {
        selfdestruct(beneficiary);
    }
}
