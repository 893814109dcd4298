// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {OpenToken} from "./OpenToken.sol";

/// @title A token that keeps a part of every transfer for itself.
/// @dev Anyone may change the rate. Some such tokens log what arrives, others what was sent.
contract FeeToken is OpenToken {
    /// In hundredths of a percent.
    uint256 public feeRate;
    bool public immutable logsWhatWasSent;

    constructor(uint256 feeRate_, bool logsWhatWasSent_) OpenToken("Fee Token", "FEE") {
        feeRate = feeRate_;
        logsWhatWasSent = logsWhatWasSent_;
    }

    function setFeeRate(uint256 feeRate_) external {
        feeRate = feeRate_;
    }

    function move(address from, address to, uint256 amount) internal override {
        uint256 fee = amount * feeRate / 10_000;
        shift(from, to, amount - fee);
        shift(from, address(this), fee);
        if (logsWhatWasSent) {
            emit Transfer(from, to, amount);
        } else {
            emit Transfer(from, to, amount - fee);
            emit Transfer(from, address(this), fee);
        }
    }
}
