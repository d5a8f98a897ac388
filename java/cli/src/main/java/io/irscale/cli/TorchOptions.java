package io.irscale.cli;

import io.irscale.denoise.Kernel;
import io.irscale.tensor.Device;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
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

    // A method, so that every command line starts from all kernels.
    @Option(
            names = "--without-kernel",
            paramLabel = "KERNEL",
            converter = Converters.OfKernel.class,
            description =
                    "Let libtorch's operators do a kernel's work: layer_norm_modulate, gated_residual, qk_norm_rope, lora_merge,"
                            + " transition, guidance, clip_preprocess, tile_linear, tile_attention or cudnn_attention. May be given several times.")
    void without(@Nullable Set<Kernel> kernels) {
        Kernel.enableAllBut(kernels == null ? Set.of() : kernels);
    }

    /** Empty for the one on the class path. */
    public Optional<Path> libtorch() {
        return libtorch;
    }

    /** Where models are. */
    public Device device() {
        return device;
    }
}
