// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title An EIP-1967 proxy whose implementation anyone may change.
/// @dev What it stands for is TestToken first and LyingToken later: their storage agrees.
contract UpgradeableToken {
    event Upgraded(address indexed implementation);

    bytes32 private constant IMPLEMENTATION_SLOT =
        bytes32(uint256(keccak256("eip1967.proxy.implementation")) - 1);

    constructor(address implementation) {
        set(implementation);
    }

    function upgradeTo(address implementation) external {
        set(implementation);
    }

    fallback() external payable {
        bytes32 slot = IMPLEMENTATION_SLOT;
        assembly {
            calldatacopy(0, 0, calldatasize())
            let success := delegatecall(gas(), sload(slot), 0, calldatasize(), 0, 0)
            returndatacopy(0, 0, returndatasize())
            if iszero(success) { revert(0, returndatasize()) }
            return(0, returndatasize())
        }
    }

    receive() external payable {}

    function set(address implementation) private {
        bytes32 slot = IMPLEMENTATION_SLOT;
        assembly {
            sstore(slot, implementation)
        }
        emit Upgraded(implementation);
    }
}
