#!/bin/bash
#SBATCH --job-name=selfvae
#SBATCH --nodes=8
#SBATCH --ntasks-per-node=1
#SBATCH --gpus-per-node=8
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --signal=TERM@120
# sbatch deploy/slurm.sh --preset downscale3-64-paper --data folder:PICTURES --run RUN --epochs 100
# One worker a node. A job that is preempted, requeued or sent again goes on from its last checkpoint.
set -euo pipefail
export HOSTS PORT=$((20000 + ${SLURM_JOB_ID:-0} % 20000))
HOSTS=$(scontrol show hostnames "$SLURM_JOB_NODELIST" | sed "s/.*/\"&:$PORT\"/" | paste -sd, -)
exec srun --kill-on-bad-exit=0 bash -c '
    export TF_CONFIG="{\"cluster\": {\"worker\": [$HOSTS]}, \"task\": {\"type\": \"worker\", \"index\": $SLURM_PROCID}}"
    exec selfvae train --strategy multiworker --resume "$@"' selfvae "$@"
