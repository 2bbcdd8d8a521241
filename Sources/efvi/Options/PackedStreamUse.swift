import ArgumentParser

/// `--packed-stream`: whether frames are to arrive in packed stream.
enum PackedStreamUse: String, ExpressibleByArgument, CaseIterable {
  /// Where the adapter has it.
  case auto
  case on
  case off
}
