// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @dev What these tests use of forge's cheatcodes.
interface Vm {
    struct Log {
        bytes32[] topics;
        bytes data;
        address emitter;
    }

    function addr(uint256 privateKey) external pure returns (address);
    function assume(bool condition) external pure;
    function deal(address account, uint256 balance) external;
    function etch(address account, bytes calldata code) external;
    function expectEmit(address emitter) external;
    function expectRevert(bytes calldata reason) external;
    function getRecordedLogs() external returns (Log[] memory);
    function load(address account, bytes32 slot) external view returns (bytes32);
    function prank(address caller) external;
    function recordLogs() external;
    function startPrank(address caller) external;
    function toString(uint256 value) external pure returns (string memory);
}

/// @title What every test contract stands on: the cheatcodes and the assertions.
abstract contract Test {
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    function assertEq(uint256 actual, uint256 expected, string memory what) internal pure {
        string memory difference = string.concat(
            what, ": expected ", vm.toString(expected), ", got ", vm.toString(actual)
        );
        require(actual == expected, difference);
    }

    function assertEq(string memory actual, string memory expected) internal pure {
        require(
            keccak256(bytes(actual)) == keccak256(bytes(expected)),
            string.concat("expected ", expected, ", got ", actual)
        );
    }

    /// @dev A fresh account of nobody, the same one for the same `number`.
    function account(uint256 number) internal pure returns (address payable) {
        return payable(vm.addr(uint256(keccak256(abi.encode("account", number)))));
    }
}
