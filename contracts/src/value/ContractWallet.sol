// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title A contract that owns a deposit address: it keeps coin, or passes it on at once.
contract ContractWallet {
    event Received(address indexed from, uint256 amount);

    error ForwardFailed();

    /// The zero address: nobody.
    address payable public immutable forwardsTo;

    constructor(address payable forwardsTo_) payable {
        forwardsTo = forwardsTo_;
    }

    receive() external payable {
        emit Received(msg.sender, msg.value);
        if (forwardsTo != address(0)) send(forwardsTo, msg.value);
    }

    function sweep(address payable to) external {
        send(to, address(this).balance);
    }

    function send(address payable to, uint256 amount) private {
        (bool success,) = to.call{value: amount}("");
        if (!success) revert ForwardFailed();
    }
}
