/**
 * The watchdog process: a shell script, as a shell needs a tenth of the memory of a second Node, and is on every
 * machine. For dash and the ash of busybox. It undoes what the intent record (intent.ts) says, as restore.ts does in
 * mode `ours` and by the same list of steps (undo-steps.ts), when the heartbeat (heartbeat.ts) stands still or its
 * parent is not the monitor any more.
 *
 * What lifts a limit needs no new process, as in a VM that is out of memory there may be none: only shell
 * builtins. The pauses do need one; where that fails the shell ends, and its EXIT trap undoes first.
 *
 * Lines on stdin: any, to wake it. On stdout: "ready", "watching EPOCH", "lifted".
 */
import { UNDO_STEPS } from './undo-steps';
import { THROTTLE_CGROUP_STEPS } from './undo-throttle-cgroup';

const lines = (indent: string, commands: readonly string[]): string =>
  commands.map((command) => indent + command).join('\n');

const UNDO_THROTTLE = lines(
  '  ',
  THROTTLE_CGROUP_STEPS.map(({ shell }) => shell),
);
const UNDO_UNKNOWN = lines(
  '    ',
  Object.values(UNDO_STEPS).flatMap(({ shell }) => (shell.unknown === null ? [] : [shell.unknown])),
);
const UNDO_RECORDED = lines(
  '      ',
  Object.entries(UNDO_STEPS).map(([entry, { shell }]) => `${entry}) ${shell.recorded} ;;`),
);

export const WATCHDOG_SCRIPT = `
session=$1 monitor=$2 managed=$3 throttle=$4 intent=$5 heartbeat=$6
# It ends when the monitor is gone, not when the terminal or the service manager says so.
trap '' HUP INT TERM PIPE
trap undo EXIT

# An orphan gets another parent. (kill -0 would take a zombie, or another process of that pid, for the monitor.)
orphaned() {
  while read -r key value; do
    if [ "$key" = PPid: ]; then [ "$value" != "$monitor" ]; return; fi
  done < /proc/self/status
  return 1
}

# lift FILE [VALUE]: where VALUE stands in it; without VALUE, whatever does.
lift() {
  now=max
  read -r now < "$1"
  if [ "$now" = "\${2:-$now}" ] && [ "$now" != max ]; then echo max > "$1" || failed=1; fi
}

# Sets from: the cgroup that process $1 came from.
find_origin() {
  from=$managed
  while read -r key pid path; do
    if [ "$key $pid" = "moved $1" ]; then from=$path; fi
  done < "$intent"
}

move_members_back() {
  while read -r member; do
    # 0 is a process of another pid namespace; written, it would mean this shell.
    [ "$member" = 0 ] && continue
    find_origin "$member"
    echo "$member" >> "$from/cgroup.procs" || echo "$member" >> "$managed/cgroup.procs"
  done < "$throttle/cgroup.procs"
}

undo_throttle() {
  [ -d "$throttle" ] || return 0
${UNDO_THROTTLE}
}

# Once is enough, until the next heartbeat: it starts a process. (rw: see remount.ts)
restore_size() {
  [ "$restored" ] && return
  mount -o "remount,rw,size=$1" "$2" && restored=1 || failed=1
}

# Sets noted: "ours", "unknown" for a note that is not whole, "" for none, or one of another monitor.
read_note() {
  noted= writer=
  {
    noted=unknown
    while read -r key value; do
      case $key in
        session) writer=$value ;;
        end) noted=ours ;;
      esac
    done
  } < "$intent"
  if [ "$noted" = ours ] && [ "$writer" != "$session" ]; then noted=; fi
}

# Safe to repeat. Sets failed if something is still in place.
undo() {
  failed=
  read_note
  [ "$noted" ] || return 0
  if [ "$noted" = unknown ]; then
${UNDO_UNKNOWN}
    return
  fi
  while read -r key word path; do
    case $key in
${UNDO_RECORDED}
    esac
  done < "$intent"
}

pause() {
  sleep 0.25 || exit 1
}

# The monitor is gone. The note stays for the next one: it might be its own already.
end() {
  tries=0
  undo
  while [ "$failed" ] && [ $tries -lt 40 ]; do
    pause
    undo
    tries=$((tries + 1))
  done
  trap - EXIT
  exit 0
}

# Until the monitor says rest. Two polls without a heartbeat are 500 ms.
watch() {
  last= still=0 told= restored=
  while :; do
    word= epoch= now=
    read -r word epoch now < "$heartbeat"
    [ "$word" = rest ] && return
    if [ "$now" != "$last" ]; then last=$now still=0 told= restored=; else still=$((still + 1)); fi
    if [ "$epoch" ] && [ "$epoch" != "$known" ]; then
      known=$epoch
      echo "watching $epoch"
    fi
    orphaned && end
    if [ $still -ge 2 ]; then
      undo
      if [ "$noted" ] && [ ! "$told" ]; then
        told=1
        echo lifted
      fi
    fi
    pause
  done
}

known=
orphaned && exit 0
sleep 0.01 || exit 1
echo ready
while read -r _; do watch; done
end
`;
