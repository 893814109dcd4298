// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Runs the code of others in its own name, by which no coin moves to them.
contract Delegator {
    error CallFailed();

    function viaDelegatecall(address target, bytes calldata data) external payable {
        (bool success,) = target.delegatecall(data);
        if (!success) revert CallFailed();
    }

    /// @notice CALLCODE takes a value, which goes from this contract to itself.
    function viaCallcode(address target, uint256 amount, bytes memory data) external payable {
        bool success;
        assembly {
            success := callcode(gas(), target, amount, add(data, 32), mload(data), 0, 0)
        }
        if (!success) revert CallFailed();
    }

    receive() external payable {}
}
