# The two commands that matter: `make run` and `make test`. `make help` lists the rest.
.DEFAULT_GOAL := help
.PHONY: help run status demo soak build bundles postgres systemd vm test test-vm check types lint layering bench bench-vm policy-report policy-plots format clean

# npm ci writes this file last; it is older than the lockfile when dependencies have changed.
DEPENDENCIES := node_modules/.package-lock.json
BIN := node_modules/.bin

# Specs that are no unit specs: they start whole programs, need root, only measure, or simulate hours.
SLOW_SPECS := /specs/e2e/ /specs/vm/ /specs/bench/ /specs/style/service-unit.spec.ts /specs/adapters/cli/thaw.spec.ts \
	/specs/adapters/shared/event-log/outage.spec.ts /specs/adapters/monitor/postgres/ \
	/specs/adapters/monitor/service/service-manager.spec.ts /specs/machines/monitor/engine/leak.spec.ts \
	/specs/machines/simulation/world/scenarios.spec.ts /specs/machines/agent/fleet.spec.ts /specs/machines/simulation/world/fleet.spec.ts \
	/specs/machines/simulation/policies-under-test.spec.ts /specs/machines/simulation/frontiers.spec.ts \
	$(addprefix /specs/adapters/monitor/protection/,watchdog killed- cancel/ shm-cap/ throttle/throttle throttle/real-server)

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(DEPENDENCIES): package-lock.json
	npm ci
	@touch $@

# What `make run` keeps: its event log, and the socket that `make status` asks.
RUN_DIR := .cache/run
RUN := node dist/cli.js run --embedded-agent --size-from agent --event-log $(RUN_DIR)/log --log-format pretty

# PGCONNSTR goes by the environment, because arguments can be read by every user of the machine.
# make itself ends with an error at Ctrl-C, whatever its command makes of it. So on a terminal (set -m) the command is in
# the foreground without make: Ctrl-C comes to this shell, which hands it on and ends as the monitor does.
run: bundles ## Run the monitor on this machine with an embedded agent; ARGS="--flag ..." and PGCONNSTR=... are passed on
	@umask 022 && mkdir -p $(RUN_DIR); \
	if [ -n "$$PGCONNSTR" ]; then export VM_MONITOR_PGCONNSTR="$$PGCONNSTR"; fi; \
	export RUNTIME_DIRECTORY=$(RUN_DIR); \
	[ -t 0 ] || exec $(RUN) $(ARGS); \
	set -m; \
	$(RUN) $(ARGS) & monitor=$$!; \
	for name in INT QUIT TERM HUP; do trap "kill -$$name $$monitor" $$name; done; \
	while wait $$monitor; status=$$?; kill -0 $$monitor 2>/dev/null; do :; done; \
	exit $$status

status: ## Show what the monitor of `make run` thinks; ARGS="--addr ..." if it has another port
	@RUNTIME_DIRECTORY=$(RUN_DIR) node dist/cli.js status $(ARGS)

demo: bundles vm ## Watch a VM in QEMU follow two queries that swell and end: about two minutes (as root)
	@node build.mjs demo
	@exec node dist/demo.cjs

build: bundles types ## Write dist/cli.js (the command), dist/index.js (the library) and its types

bundles: $(DEPENDENCIES)
	@node build.mjs

postgres: ## Install the PostgreSQL that the specs need, where it is missing (as root)
	@specs/support/postgres/install.sh

systemd: ## Install the systemd tools that the specs of the service need, where they are missing (as root)
	@specs/support/systemd/install.sh

vm: postgres ## Install QEMU and what else the VM specs need, where it is missing (as root)
	@specs/vm/install.sh

# The VM specs come last and one at a time: a guest wants the whole machine for itself.
PARTS := types lint specs test-vm

test: ## Run everything, checks and all specs, and say at the end which of these parts failed
	@failed=; \
	for part in $(PARTS); do $(MAKE) --no-print-directory $$part || failed="$$failed $$part"; done; \
	if [ "$$failed" ]; then echo "make test: of $(PARTS) failed:$$failed" >&2; exit 1; fi; \
	echo "make test: passed: $(PARTS)"

.PHONY: specs
specs: bundles postgres systemd
	$(BIN)/jest --testPathIgnorePatterns /specs/vm/ $(JEST_ARGS)

test-vm: bundles vm ## Run the VM specs: a guest in QEMU, built on first use, that is really resized
	$(BIN)/jest --runInBand /specs/vm/ $(JEST_ARGS_VM)

# What has not changed since it was found clean is not looked at again, and of the random cases a tenth is played. A rule
# that goes by the types of another file may be late for that; `make lint` and `make test` look at all files, play all cases.
CACHED_LINT := $(BIN)/eslint --cache --cache-location .cache/eslint --cache-strategy content .
UNIT_SPECS := RANDOM_SHARE=0.1 $(BIN)/jest --testPathIgnorePatterns $(SLOW_SPECS)

check: $(DEPENDENCIES) ## The inner loop: types, lint of what has changed, unit specs (layering is one of them); no root needed
	@$(MAKE) --no-print-directory -j2 -k --output-sync=target unit-specs types format-check lint-changed

.PHONY: format-check lint-changed unit-specs
lint-changed:
	$(CACHED_LINT)

unit-specs:
	$(UNIT_SPECS)

types: $(DEPENDENCIES)
	$(BIN)/tsc -b tsconfig.json

format-check: $(DEPENDENCIES)
	$(BIN)/prettier --check --cache --cache-location .cache/prettier --cache-strategy content --log-level warn .

lint: $(DEPENDENCIES) format-check
	$(BIN)/eslint .

layering: $(DEPENDENCIES) ## Only the import rules (a spec runs them too)
	$(BIN)/depcruise machines streams adapters specs

bench: bundles ## Measure latency, cost and memory; prints figures with their resolution
	node build.mjs bench
	node --expose-gc dist/bench.cjs $(ARGS)

bench-vm: bundles vm ## Compare the monitor in a VM with what was there before; an hour, ARGS="--pairs 10 ..." (as root)
	@node build.mjs bench-vm
	@exec node dist/bench-vm.cjs $(ARGS)

policy-report: bundles ## Score all policies on TRACES=dir, as in docs/policies.md; ARGS="--flag ..." are passed on
	@node dist/cli.js simulate --report --trace $(TRACES) $(ARGS)

# What the first picture of docs/policies.md shows: real load is noisy, and the oracle knows what there is to be won.
PLOTTED := --noise-cv 0.2 $(addprefix --policy ,headroom goal-cu sliding-max reactive oracle)

policy-plots: bundles ## Draw docs/images: decisions on TRACE=file, and with TRACES=dir the frontier, as in docs/policies.md
	@node dist/cli.js simulate --trace $(or $(TRACE),docs/examples/morning.csv) $(PLOTTED) --plot docs/images/policy-decisions.svg
	@$(if $(TRACES),node dist/cli.js simulate --report --trace $(TRACES) --plot docs/images/policy-frontier.svg)

# A run of jest each time, so that what one leaks the next has not.
SOAK_RUNS := 200
soak: $(DEPENDENCIES) ## Random scenarios in the world, all rules checked after every step, for HOURS=1 from SEED=1000 on
	@end=$$(( $$(date +%s) + $(or $(HOURS),1) * 3600 )); seed=$(or $(SEED),1000); \
	while [ $$(date +%s) -lt $$end ]; do \
		echo "seeds $$seed to $$((seed + $(SOAK_RUNS) - 1))"; \
		SEED=$$seed RUNS=$(SOAK_RUNS) $(BIN)/jest world/fuzz || exit 1; \
		seed=$$((seed + $(SOAK_RUNS))); \
	done

format: $(DEPENDENCIES) ## Rewrite all files in the one style
	$(BIN)/prettier --write --log-level warn .

clean: ## Remove everything that was built
	rm -rf dist coverage .cache
