package io.irscale.cli;

import io.irscale.Diagnostics;
import io.irscale.Engine;
import io.irscale.EngineOptions;
import java.time.Duration;

/** An engine with a run's LoRAs, and how it came into being. */
public final class LoadedRun implements AutoCloseable {
    private final Engine engine;
    private final AppliedLoras loras;
    private final String torch;
    private final Duration time;

    private LoadedRun(Engine engine, AppliedLoras loras, String torch, Duration time) {
        this.engine = engine;
        this.loras = loras;
        this.torch = torch;
        this.time = time;
    }

    /** Loads everything, and tells of it. */
    public static LoadedRun open(RunSetup setup) {
        long start = System.nanoTime();
        EngineOptions options = setup.options();
        Engine engine = setup.progress()
                .loading(options.files().model() + " on " + options.device(), () -> Engine.open(options));
        try {
            Duration time = Duration.ofNanos(System.nanoTime() - start);
            engine.warnings().forEach(setup.progress()::warn);
            AppliedLoras loras = AppliedLoras.apply(engine, setup.loras());
            loras.lines().forEach(setup.progress()::note);
            return new LoadedRun(
                    engine, loras, Diagnostics.torch(options.libtorch()).version(), time);
        } catch (RuntimeException e) {
            engine.close();
            throw e;
        }
    }

    /** The engine. */
    public Engine engine() {
        return engine;
    }

    /** Its LoRAs. */
    public AppliedLoras loras() {
        return loras;
    }

    /** libtorch's version. */
    String torch() {
        return torch;
    }

    /** The time that loading took, without LoRAs. */
    Duration time() {
        return time;
    }

    @Override
    public void close() {
        engine.close();
    }
}
