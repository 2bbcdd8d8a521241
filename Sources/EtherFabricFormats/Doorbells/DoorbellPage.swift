/// Where the registers of a VI lie in its 4 KiB doorbell page, and its apertures behind that page.
///
/// Offsets in bytes from the start of the VI's window. Source: facts sheet, sections 5 and 10.
public enum DoorbellPage {
  public static let size = 4096
  /// `EFCT_EVQ_UNSOL_CREDIT_REGISTER_OFFSET`: unsolicited credits of an express event queue, a `CreditRegister`.
  public static let eventCredits = 0
  /// `ER_DZ_EVQ_RPTR`: read index of the event queue, written by prime.
  public static let eventQueueReadPointer = 0x400
  /// `ER_DZ_EVQ_TMR`: event timer.
  public static let eventQueueTimer = 0x420
  /// `ER_DZ_RX_DESC_UPD`: receive write index, multiples of eight.
  public static let receiveDoorbell = 0x830
  /// `ER_DZ_TX_DESC_UPD`: first new descriptor (8 bytes), when it is pushed with the doorbell.
  public static let transmitPush = 0xa10
  /// `ER_DZ_TX_DESC_UPD` + 8: transmit write index, or a `TransmitCommand`.
  public static let transmitDoorbell = 0xa18
  /// The PIO buffer, on the second page of the window. Write-combined: aligned 64-bit stores only.
  public static let pioBuffer = 0x1000
  /// Bytes of the PIO buffer that an adapter gives to one VI.
  public static let pioBufferSize = 2048
  /// The CTPIO aperture of an X2. Every frame starts at its first byte, with a `CTPIOControl`.
  public static let ctpioAperture = 0x3000
  /// `EF_VI_CTPIO_APERTURE_SIZE`: bytes of the CTPIO aperture.
  public static let ctpioApertureSize = 4096
}
