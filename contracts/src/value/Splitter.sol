// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Pays coin on from inside a contract, in every way that may come to nothing.
contract Splitter {
    error PaymentFailed(address to);
    error Regretted();

    /// @notice Pays each, or nobody.
    function split(address payable[] calldata to, uint256[] calldata amounts) external payable {
        payAll(to, amounts);
    }

    /// @notice Pays each, and takes all back.
    function splitThenRevert(address payable[] calldata to, uint256[] calldata amounts)
        external
        payable
    {
        payAll(to, amounts);
        revert Regretted();
    }

    /// @notice Pays each by a call of its own; those that `reverts` names are paid and taken back,
    /// while the transaction succeeds.
    function splitCatching(
        address payable[] calldata to,
        uint256[] calldata amounts,
        bool[] calldata reverts
    ) external payable {
        for (uint256 i; i < to.length; ++i) {
            try this.payOne{value: amounts[i]}(to[i], reverts[i]) {} catch {}
        }
    }

    /// @notice Pays each after calling itself `depth` times.
    function splitNested(address payable[] calldata to, uint256[] calldata amounts, uint256 depth)
        external
        payable
    {
        if (depth == 0) payAll(to, amounts);
        else this.splitNested{value: msg.value}(to, amounts, depth - 1);
    }

    function payOne(address payable to, bool thenReverts) external payable {
        send(to, msg.value);
        if (thenReverts) revert Regretted();
    }

    function payAll(address payable[] calldata to, uint256[] calldata amounts) private {
        for (uint256 i; i < to.length; ++i) {
            send(to[i], amounts[i]);
        }
    }

    function send(address payable to, uint256 amount) private {
        (bool success,) = to.call{value: amount}("");
        if (!success) revert PaymentFailed(to);
    }

    receive() external payable {}
}
