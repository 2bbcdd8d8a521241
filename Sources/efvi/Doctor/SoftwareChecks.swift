import Glibc

/// The backend of this build, libciul, and Onload's drivers.
struct SoftwareChecks {
  let files: HostFiles
  let hasCards: Bool

  #if ETHERFABRIC_HARDWARE
    private let hasBackend = true
  #else
    private let hasBackend = false
  #endif
  private static let variable = "EFVI_LIBCIUL"
  private static let deviceFile = "/dev/sfc_char"
  private static let install = "git clone https://github.com/Xilinx-CNS/onload && onload/scripts/onload_install"

  init(files: HostFiles, hasCards: Bool) {
    self.files = files
    self.hasCards = hasCards
  }

  /// A card could be opened.
  var isReady: Bool {
    [backend, library, driver, deviceFile].allSatisfy { $0.verdict == .ok }
  }

  var backend: Finding {
    guard !hasBackend else { return .ok("backend", "sfc: devices are in this build") }
    return .missing(
      "backend", "sfc: devices are not in this build: there were no Onload headers",
      mend: "ln -s /path/to/onload Vendor/onload && swift package purge-cache && swift build", hasCards: hasCards)
  }

  /// libciul, by the same search as the backend's.
  var library: Finding {
    let named = getenv(Self.variable).map { String(cString: $0) } ?? ""
    let name = named.isEmpty ? "libciul.so.1" : named
    guard let handle = dlopen(name, RTLD_NOW | RTLD_LOCAL) else {
      return .missing(
        "libciul", "\(name) cannot be opened",
        mend: named.isEmpty
          ? Self.install : "unset \(Self.variable), or name another file",
        hasCards: hasCards)
    }
    typealias Text = @convention(c) () -> UnsafePointer<CChar>?
    func text(_ function: String) -> String {
      guard let pointer = dlsym(handle, function) else { return "unknown" }
      return unsafeBitCast(pointer, to: Text.self)().map { String(cString: $0) } ?? "unknown"
    }
    return .ok(
      "libciul", "\(name), version \(text("ef_vi_version_str")), driver interface \(text("ef_vi_driver_interface_str"))"
    )
  }

  var onload: Finding {
    let modules = ["onload", "sfc_resource"].compactMap { files.text("/sys/module/\($0)/version") }
    guard files.exists("/usr/bin/onload") || !modules.isEmpty else {
      return .missing("onload", "not installed", mend: Self.install, hasCards: hasCards)
    }
    return .ok("onload", modules.first.map { "version \($0)" } ?? "installed, not loaded")
  }

  var driver: Finding {
    let loaded = ["sfc", "xilinx_efct", "sfc_resource", "sfc_char", "onload"].filter {
      files.exists("/sys/module/\($0)")
    }
    guard loaded.contains("sfc_char") else {
      return .missing(
        "driver",
        loaded.isEmpty ? "none of Onload's is loaded" : "sfc_char is not loaded; \(loaded.joined(separator: ", "))",
        mend: "modprobe sfc_char", hasCards: hasCards)
    }
    return .ok("driver", loaded.joined(separator: ", "))
  }

  var deviceFile: Finding {
    let file = Self.deviceFile
    guard files.exists(file) else {
      return .missing("device_file", "there is no \(file)", mend: "modprobe sfc_char", hasCards: hasCards)
    }
    var state = stat()
    stat(files.root + file, &state)
    let mode = String(state.st_mode & 0o777, radix: 8)
    guard files.canUse(file) else {
      return .missing(
        "device_file", "\(file) has mode \(mode), owner \(state.st_uid), group \(state.st_gid): not for this user",
        mend: "chmod 666 \(file)", hasCards: hasCards)
    }
    return .ok("device_file", "\(file), mode \(mode)")
  }
}
