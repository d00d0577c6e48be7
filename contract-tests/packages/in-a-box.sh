#!/bin/sh
# Runs the installed gateway as its container would: nobody, without capabilities, on a root that is read-only but for the state
# and /tmp. Arguments: the folder it is installed in, the folder of its state (uid 1000's), node, what node is to run (below /mnt/app).
# Root starts it, by `unshare --mount`: what it mounts, nobody else sees.
set -eu
app=$1 state=$2 node=$3
shift 3
mount --make-rprivate /
mount -t tmpfs tmpfs /mnt
mkdir /mnt/app /mnt/state
touch /mnt/node
mount --bind "$app" /mnt/app
mount --bind "$state" /mnt/state
mount --bind "$node" /mnt/node
mount -o remount,bind,ro /mnt/app
mount -o remount,ro /mnt
mount -o remount,bind,ro /
mount -t tmpfs -o mode=1777 tmpfs /tmp
cd /mnt/state
exec setpriv --reuid=1000 --regid=1000 --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all /mnt/node "$@"
