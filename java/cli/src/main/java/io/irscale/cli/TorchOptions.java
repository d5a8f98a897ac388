package io.irscale.cli;

import io.irscale.tensor.Device;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which libtorch computes, and on what. */
public final class TorchOptions {
    @Option(
            names = "--libtorch",
            paramLabel = "DIR",
            description =
                    "PyTorch or libtorch folder to use, for example one with CUDA; default: the one irscale brings.")
    private Optional<Path> libtorch = Optional.empty();

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            converter = Converters.OfDevice.class,
            defaultValue = "cpu",
            description = "cpu, cuda or cuda:N; default: ${DEFAULT-VALUE}.")
    private Device device = Device.CPU;

    /** Empty for the one on the class path. */
    public Optional<Path> libtorch() {
        return libtorch;
    }

    /** Where models are. */
    public Device device() {
        return device;
    }
}
