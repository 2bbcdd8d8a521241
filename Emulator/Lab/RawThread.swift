import CLinuxShims
import EtherFabric
import Glibc
import Synchronization

/// A joinable thread that runs one synchronous body, with the task-local values of whoever made it.
struct RawThread: Sendable {
  private let id: UInt

  init(name: String, _ body: @escaping () -> Void) throws(EtherFabricError) {
    let executor = OneJobExecutor(name)
    let argument = Unmanaged.passRetained(executor)
    var thread = pthread_t()
    let status = pthread_create(
      &thread, nil,
      { argument in
        Unmanaged<OneJobExecutor>.fromOpaque(argument!).takeRetainedValue().runOneJob()
        return nil
      }, argument.toOpaque())
    guard status == 0 else {
      argument.release()
      throw .call(
        "LabThread.init", -status, "no further thread could be started",
        remedy: "Raise the limit on threads (ulimit -u) or the memory limit.")
    }
    id = UInt(thread)
    let box = BodyBox(body)
    Task(executorPreference: executor) { box.run() }
  }

  func join() { pthread_join(pthread_t(id), nil) }
  /// Nobody will join it: it leaves nothing when it ends.
  func detach() { pthread_detach(pthread_t(id)) }
}

/// Hands the body from the maker to the one thread that runs it, and lets go of it afterwards.
private final class BodyBox: @unchecked Sendable {
  private var body: (() -> Void)?

  init(_ body: @escaping () -> Void) { self.body = body }

  func run() {
    let body = self.body.take()
    body?()
  }
}

/// An executor for a task without suspension points: it gets one job, and a thread of its own waits for it.
private final class OneJobExecutor: TaskExecutor {
  private let name: String
  private let job = Mutex<UnownedJob?>(nil)
  private nonisolated(unsafe) let arrived: UnsafeMutablePointer<sem_t>

  init(_ name: String) {
    self.name = name
    arrived = .allocate(capacity: 1)
    sem_init(arrived, 0, 0)
  }

  deinit {
    sem_destroy(arrived)
    arrived.deallocate()
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let unowned = UnownedJob(job)
    self.job.withLock { $0 = unowned }
    sem_post(arrived)
  }

  func runOneJob() {
    lab_name_thread(name)
    while sem_wait(arrived) != 0 {}
    job.withLock { $0 }!.runSynchronously(on: asUnownedTaskExecutor())
  }
}
