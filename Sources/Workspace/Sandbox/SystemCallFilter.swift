// The sandbox's seccomp filter: a classic BPF program that the kernel runs before each system call (seccomp(2)). It takes
// away what no documentation sample needs and what kernel exploits are made of: sockets other than unix ones, new
// namespaces, mounts, tracing, key rings, BPF, io_uring.

/// Builds the filter for this machine's architecture.
enum SystemCallFilter {
  /// The program as the kernel reads it; nil on an architecture whose system calls are not listed here.
  static var program: [UInt8]? { architecture.map { assemble($0) } }

  private struct Architecture {
    /// AUDIT_ARCH_… of linux/audit.h.
    var auditName: UInt32
    var socket: UInt32
    var clone: UInt32
    /// Refused with "operation not permitted".
    var refused: [UInt32]
    /// Numbers from here on belong to another calling convention; 0 where there is none.
    var foreignFrom: UInt32
  }

  /// Numbers from asm/unistd.h: ptrace, mount, umount2, pivot_root, swapon, swapoff, reboot, acct, syslog, init_module,
  /// delete_module, kexec_load, add_key, request_key, keyctl, unshare, perf_event_open, name_to_handle_at,
  /// open_by_handle_at, setns, process_vm_readv, process_vm_writev, finit_module, kexec_file_load, bpf, userfaultfd,
  /// quotactl, settimeofday, clock_settime.
  private static var architecture: Architecture? {
    #if arch(x86_64)
      let refused: [UInt32] = [
        101, 165, 166, 155, 167, 168, 169, 163, 103, 175, 176, 246, 248, 249, 250, 272, 298, 303, 304, 308, 310, 311, 313, 320, 321, 323,
        179, 164, 227,
      ]
      return Architecture(auditName: 0xC000_003E, socket: 41, clone: 56, refused: refused + everywhere, foreignFrom: 0x4000_0000)
    #elseif arch(arm64)
      let refused: [UInt32] = [
        117, 40, 39, 41, 224, 225, 142, 89, 116, 105, 106, 104, 217, 218, 219, 97, 241, 264, 265, 268, 270, 271, 273, 294, 280, 282, 60,
        170, 112,
      ]
      return Architecture(auditName: 0xC000_00B7, socket: 198, clone: 220, refused: refused + everywhere, foreignFrom: 0)
    #else
      return nil
    #endif
  }

  /// io_uring_setup, io_uring_enter, io_uring_register, open_tree, move_mount, fsopen, fsconfig, fsmount, fspick,
  /// mount_setattr, pidfd_getfd: the same numbers on every architecture.
  private static let everywhere: [UInt32] = [425, 426, 427, 428, 429, 430, 431, 432, 433, 442, 438]
  private static let clone3: UInt32 = 435

  /// CLONE_NEWTIME, NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET.
  private static let namespaceFlags: UInt32 = 0x7E02_0080

  private static let load: UInt16 = 0x20
  private static let jumpIfEqual: UInt16 = 0x15
  private static let jumpIfAtLeast: UInt16 = 0x35
  private static let jumpIfAnyBit: UInt16 = 0x45
  private static let answer: UInt16 = 0x06

  private static let allow: UInt32 = 0x7FFF_0000
  private static let killProcess: UInt32 = 0x8000_0000
  private static func fail(_ code: UInt32) -> UInt32 { 0x0005_0000 | code }
  private static let notPermitted = fail(1)
  /// "No such system call": libraries then fall back from clone3 to clone, whose flags can be looked at.
  private static let unknownCall = fail(38)
  private static let noAddressFamily = fail(97)

  private static let numberOffset: UInt32 = 0
  private static let architectureOffset: UInt32 = 4
  private static let firstArgumentOffset: UInt32 = 16
  private static let unixFamily: UInt32 = 1

  private static func assemble(_ machine: Architecture) -> [UInt8] {
    var code: [UInt8] = []
    func emit(_ operation: UInt16, _ value: UInt32, yes: UInt8 = 0, no: UInt8 = 0) {
      withUnsafeBytes(of: operation) { code += $0 }
      code += [yes, no]
      withUnsafeBytes(of: value) { code += $0 }
    }
    /// When the number is `call`, runs the two instructions that follow; passes over them otherwise.
    func when(_ call: UInt32, answering result: UInt32) {
      emit(jumpIfEqual, call, yes: 0, no: 1)
      emit(answer, result)
    }
    emit(load, architectureOffset)
    emit(jumpIfEqual, machine.auditName, yes: 1, no: 0)
    emit(answer, killProcess)
    emit(load, numberOffset)
    if machine.foreignFrom != 0 {
      emit(jumpIfAtLeast, machine.foreignFrom, yes: 0, no: 1)
      emit(answer, notPermitted)
    }
    for call in machine.refused { when(call, answering: notPermitted) }
    when(clone3, answering: unknownCall)
    emit(jumpIfEqual, machine.socket, yes: 0, no: 4)
    emit(load, firstArgumentOffset)
    emit(jumpIfEqual, unixFamily, yes: 0, no: 1)
    emit(answer, allow)
    emit(answer, noAddressFamily)
    emit(jumpIfEqual, machine.clone, yes: 0, no: 3)
    emit(load, firstArgumentOffset)
    emit(jumpIfAnyBit, namespaceFlags, yes: 0, no: 1)
    emit(answer, notPermitted)
    emit(answer, allow)
    return code
  }
}
