// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Takes coin and all the gas there is.
contract GasBurner {
    uint256 private burned;

    receive() external payable {
        while (true) ++burned;
    }
}
