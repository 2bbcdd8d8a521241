import Glibc

/// The pages of running processes. They are found among the descriptors of processes whose user may look at them, as
/// `ls -l /proc/PID/fd` shows them.
public enum RunningPages {
  /// All pages that can be read, in the order of process numbers.
  public static func all() -> [LivePage] {
    numbers(in: "/proc").sorted().flatMap { process in (try? pages(of: process)) ?? [] }
  }

  /// The pages of one process, in the order in which its adapters were opened.
  /// - Throws: `ESRCH` where there is no such process, `EACCES` where it is another user's; the reason of the first
  ///   page that was refused where none can be read.
  public static func pages(of process: Int32) throws(PageRefusal) -> [LivePage] {
    let folder = "/proc/\(process)/fd"
    guard process > 0, let directory = opendir(folder) else {
      let code = process > 0 && errno == EACCES ? EACCES : ESRCH
      throw PageRefusal(
        errno: code, reason: code == EACCES ? "process \(process) is another user's" : "there is no process \(process)")
    }
    closedir(directory)
    var pages: [LivePage] = []
    var refusal: PageRefusal?
    for descriptor in numbers(in: folder).sorted() where isPage("\(folder)/\(descriptor)") {
      do throws(PageRefusal) {
        let page = try open("\(folder)/\(descriptor)", process: process)
        if isOwn(page) { pages.append(page) }
      } catch {
        refusal = refusal ?? error
      }
    }
    if pages.isEmpty, let refusal { throw refusal }
    return pages.sorted { $0.opened < $1.opened }
  }

  private static func open(_ path: String, process: Int32) throws(PageRefusal) -> LivePage {
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard descriptor >= 0 else { throw PageRefusal(errno: errno, reason: "'\(path)' cannot be opened") }
    defer { close(descriptor) }
    return try LivePage(descriptor: descriptor, process: process)
  }

  /// Not one that a process has from its parent.
  private static func isOwn(_ page: LivePage) -> Bool {
    ProcessIdentity.innerNumber(of: page.process).map { UInt32(bitPattern: $0) } == page.innerProcess
      && ProcessIdentity.start(of: "\(page.process)") == page.processStart
  }

  private static func isPage(_ link: String) -> Bool {
    let wanted = Array("/memfd:\(PageLayout.fileName)".utf8)
    var buffer = [CChar](repeating: 0, count: 256)
    let count = readlink(link, &buffer, buffer.count)
    let text = buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }
    return text.starts(with: wanted) && (text.count == wanted.count || text[wanted.count] == UInt8(ascii: " "))
  }

  /// The entries of a folder that are numbers.
  private static func numbers(in folder: String) -> [Int32] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var numbers: [Int32] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if let number = Int32(name), number >= 0 { numbers.append(number) }
    }
    return numbers
  }
}
