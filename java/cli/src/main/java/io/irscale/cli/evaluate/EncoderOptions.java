package io.irscale.cli.evaluate;

import io.irscale.cli.TorchOptions;
import io.irscale.error.InvalidInputException;
import io.irscale.feature.InceptionPixels;
import io.irscale.text.ClipSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Which networks look at the images, and where they run. */
final class EncoderOptions {
    @Option(
            names = "--encoder",
            paramLabel = "KIND=PATH",
            description = {
                "Network whose features are compared, in fp32; may be given several times:",
                "inception=FILE, pt_inception-2015-12-05-6726825d.pth or the same as safetensors (FID);",
                "dinov2=DIR, a Dinov2Model of transformers (FD-DINOv2); clip=PATH[#ACT], a CLIPModel or SiglipModel (CMMD);"
                        + " classifier=DIR, of train classifier."
            })
    private List<String> encoders = List.of();

    @Option(
            names = "--resize",
            paramLabel = "HOW",
            converter = OfPixels.class,
            defaultValue = "pytorch-fid",
            description = "How images become Inception's input: pytorch-fid (bilinear) or clean-fid (bicubic with"
                    + " antialias). Distances of the two cannot be compared. Default: ${DEFAULT-VALUE}.")
    private InceptionPixels pixels = InceptionPixels.PYTORCH_FID;

    @Option(
            names = "--clip",
            paramLabel = "NAME=PATH[#ACT]",
            description =
                    "CLIP or SigLIP, a folder or one file, whose score of images and prompts is given, a cosine or a"
                            + " probability; give an untouched one beside the one that the search optimised, which measures"
                            + " itself. ACT for CLIP weights without a configuration: quick-gelu (OpenAI's and trained from"
                            + " it) or gelu.")
    private Map<String, String> clips = new LinkedHashMap<>();

    @Option(
            names = "--tokenizers",
            paramLabel = "DIR",
            description = "CLIP's tokenizer for folders without their own: in DIR, DIR/tokenizer or DIR/clip_l.")
    private Optional<Path> tokenizers = Optional.empty();

    @Mixin
    private TorchOptions torch = new TorchOptions();

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "16",
            description = "Most images that go through a network at once. Default: ${DEFAULT-VALUE}.")
    private int batch = 16;

    /** {@code pytorch-fid} or {@code clean-fid}. */
    static final class OfPixels implements ITypeConverter<InceptionPixels> {
        @Override
        public InceptionPixels convert(String text) {
            return switch (text) {
                case "pytorch-fid" -> InceptionPixels.PYTORCH_FID;
                case "clean-fid" -> InceptionPixels.CLEAN_FID;
                default ->
                    throw new TypeConversionException("resize is '" + text + "', expected pytorch-fid or clean-fid");
            };
        }
    }

    /** The networks, all different. */
    List<EncoderSpec> encoders() {
        List<EncoderSpec> specs = encoders.stream().map(EncoderSpec::parse).toList();
        if (specs.isEmpty() && clips.isEmpty()) {
            throw new InvalidInputException(
                    "there is nothing to measure by: add --encoder KIND=PATH or --clip NAME=PATH");
        }
        if (specs.stream().distinct().count() < specs.size()) {
            throw new InvalidInputException("--encoder: the same is given twice");
        }
        return specs;
    }

    /** The CLIPs by name. */
    Map<String, ClipSource> clips() {
        Map<String, ClipSource> sources = new LinkedHashMap<>();
        clips.forEach((name, text) -> {
            ClipSource source = ClipSource.parse(text);
            if (Files.notExists(source.path())) {
                throw new InvalidInputException("--clip %s=%s: is not there".formatted(name, text));
            }
            sources.put(name, source);
        });
        return sources;
    }

    /** Where they run. */
    EncoderSpec.Setting setting() {
        return new EncoderSpec.Setting(torch.device(), tokenizers, pixels);
    }

    Optional<Path> libtorch() {
        return torch.libtorch();
    }

    int batch() {
        if (batch < 1) {
            throw new InvalidInputException("--batch " + batch + ": expected at least 1");
        }
        return batch;
    }
}
