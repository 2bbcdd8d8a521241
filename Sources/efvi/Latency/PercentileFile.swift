import Glibc
import Histogram
import Measurement

/// A distribution as HdrHistogram prints it (.hgrm), in nanoseconds: what its plotters read.
struct PercentileFile {
  let path: String

  /// - Parameter size: goes into the name before its extension, for files of several sizes: `l.hgrm`, `l-64.hgrm`.
  init(path: String, size: Int?) {
    guard let size else {
      self.path = path
      return
    }
    let start = path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex
    if let dot = path[start...].lastIndex(of: "."), dot > start {
      self.path = "\(path[..<dot])-\(size)\(path[dot...])"
    } else {
      self.path = "\(path)-\(size)"
    }
  }

  /// Writes the distribution of the figures, three digits exact. An existing file is replaced.
  func write(_ figures: [Int64]) throws(MeasurementError) {
    var histogram = Histogram<UInt64>(numberOfSignificantValueDigits: .three)
    for figure in figures { histogram.record(UInt64(clamping: figure)) }
    var text = ""
    histogram.outputPercentileDistribution(to: &text, outputValueUnitScalingRatio: 1)
    guard let file = fopen(path, "we") else { throw failure }
    let bytes = Array(text.utf8)
    let isWritten = fwrite(bytes, 1, bytes.count, file) == bytes.count
    // A full disk may show only here.
    guard fclose(file) == 0, isWritten else { throw failure }
  }

  private var failure: MeasurementError {
    MeasurementError(path, "cannot be written: \(String(cString: strerror(errno)))")
  }
}
