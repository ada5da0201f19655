#!/bin/sh
# A command of section3 on a plain machine, with the settings, the user and the store of deploy/section3.service:
#   install -m 0755 deploy/section3.sh /usr/local/bin/section3
# For root. Files that it reads or writes lie in /var/lib/section3, which is its working folder.
exec systemd-run --quiet --pipe --wait \
    --property=User=section3 --property=DynamicUser=yes \
    --property=StateDirectory=section3 --property=StateDirectoryMode=0700 \
    --property=WorkingDirectory=/var/lib/section3 --property=UMask=0077 \
    --property=EnvironmentFile=/etc/section3/section3.env \
    --property="Environment=DATA_DIR=/var/lib/section3 PLAYBOOKS_DIR=/etc/section3/playbooks PYTHONDONTWRITEBYTECODE=1" \
    --property=Environment=HOME=/var/lib/section3 \
    -- /opt/section3/bin/section3 "$@"
