// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "./IERC20.sol";

/// @title Pays many recipients in one transaction, all of them or none.
/// @notice The value sent must be exactly what the native payments add up to: there is no change to
/// give back. Tokens are taken from the caller, who must have approved this contract.
/// @dev Safe to re-enter: there is no storage, and each call spends exactly the value that came
/// with it, so a recipient that calls back can spend only what it sends itself.
contract BatchPayer {
    struct Payment {
        /// The zero address is the chain's native coin.
        IERC20 token;
        address payable to;
        uint256 amount;
    }

    /// `recipients` addresses came with `amounts` amounts.
    error LengthMismatch(uint256 recipients, uint256 amounts);
    /// The payments add up to `needed` (at most 2^256 - 1), and `sent` came with the call.
    error ValueMismatch(uint256 sent, uint256 needed);
    /// The payment at `index`, counted from 0, failed, for the `reason` its recipient or token
    /// gave.
    error PaymentFailed(uint256 index, bytes reason);

    function payNative(address payable[] calldata to, uint256[] calldata amounts) external payable {
        if (to.length != amounts.length) revert LengthMismatch(to.length, amounts.length);
        uint256 needed;
        for (uint256 i; i < amounts.length; ++i) {
            needed = saturatingAdd(needed, amounts[i]);
        }
        if (needed != msg.value) revert ValueMismatch(msg.value, needed);

        for (uint256 i; i < to.length; ++i) {
            sendNative(i, to[i], amounts[i]);
        }
    }

    function payToken(IERC20 token, address[] calldata to, uint256[] calldata amounts) external {
        if (to.length != amounts.length) revert LengthMismatch(to.length, amounts.length);
        for (uint256 i; i < to.length; ++i) {
            sendToken(i, token, to[i], amounts[i]);
        }
    }

    /// @notice Pays native coin and tokens in the order given.
    function pay(Payment[] calldata payments) external payable {
        uint256 needed;
        for (uint256 i; i < payments.length; ++i) {
            if (isNative(payments[i])) needed = saturatingAdd(needed, payments[i].amount);
        }
        if (needed != msg.value) revert ValueMismatch(msg.value, needed);

        for (uint256 i; i < payments.length; ++i) {
            Payment calldata payment = payments[i];
            if (isNative(payment)) sendNative(i, payment.to, payment.amount);
            else sendToken(i, payment.token, payment.to, payment.amount);
        }
    }

    function sendNative(uint256 index, address payable to, uint256 amount) private {
        (bool success, bytes memory reason) = to.call{value: amount}("");
        if (!success) revert PaymentFailed(index, reason);
    }

    /// @dev Some tokens return nothing, so success is: it didn't revert, it is a contract, and it
    /// returned nothing or `true`.
    function sendToken(uint256 index, IERC20 token, address to, uint256 amount) private {
        (bool success, bytes memory answer) =
            address(token).call(abi.encodeCall(IERC20.transferFrom, (msg.sender, to, amount)));
        if (!success) revert PaymentFailed(index, answer);
        bool accepted = answer.length == 0
            ? address(token).code.length > 0
            : answer.length >= 32 && abi.decode(answer, (uint256)) == 1;
        if (!accepted) revert PaymentFailed(index, answer);
    }

    function isNative(Payment calldata payment) private pure returns (bool) {
        return address(payment.token) == address(0);
    }

    /// @dev No call carries 2^256 - 1 wei, so a sum that doesn't fit is refused as a mismatch.
    function saturatingAdd(uint256 a, uint256 b) private pure returns (uint256) {
        return b > type(uint256).max - a ? type(uint256).max : a + b;
    }
}
