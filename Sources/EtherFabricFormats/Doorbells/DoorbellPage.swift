/// Where the registers of a VI lie in its 4 KiB doorbell page. Source: facts sheet, section 5.
public enum DoorbellPage {
  public static let size = 4096
  /// `ER_DZ_EVQ_RPTR`: read index of the event queue, written by prime.
  public static let eventQueueReadPointer = 0x400
  /// `ER_DZ_EVQ_TMR`: event timer.
  public static let eventQueueTimer = 0x420
  /// `ER_DZ_RX_DESC_UPD`: receive write index, multiples of eight.
  public static let receiveDoorbell = 0x830
  /// `ER_DZ_TX_DESC_UPD`: first new descriptor (8 bytes), when it is pushed with the doorbell.
  public static let transmitPush = 0xa10
  /// `ER_DZ_TX_DESC_UPD` + 8: transmit write index.
  public static let transmitDoorbell = 0xa18
}
