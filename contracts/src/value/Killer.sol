// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Leaves all it has to a beneficiary by SELFDESTRUCT, whose code never runs.
contract Killer {
    error Regretted();

    constructor() payable {}

    function kill(address payable beneficiary) external payable {
        selfdestruct(beneficiary);
    }

    /// @notice The bequest is taken back by a revert, while the transaction succeeds.
    function killInVain(address payable beneficiary) external payable {
        try this.killThenRevert{value: msg.value}(beneficiary) {} catch {}
    }

    function killThenRevert(address payable beneficiary) external payable {
        this.kill{value: msg.value}(beneficiary);
        revert Regretted();
    }

    receive() external payable {}
}
