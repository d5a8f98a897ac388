package io.irscale.data.image;

import com.twelvemonkeys.imageio.plugins.jpeg.JPEGImageReaderSpi;
import com.twelvemonkeys.imageio.plugins.tiff.TIFFImageReaderSpi;
import java.io.IOException;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.spi.IIORegistry;

/** The readers of image formats by name, so that what an application has registered besides changes no pixel. */
public final class ImageReaders {
    private ImageReaders() {}

    /** The Java runtime's own. */
    static ImageReader builtIn(String format) {
        Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(format);
        while (readers.hasNext()) {
            ImageReader reader = readers.next();
            if (reader.getClass().getModule().isNamed()) {
                return reader;
            }
        }
        throw new IllegalStateException("the Java runtime has no reader of " + format);
    }

    /** TwelveMonkeys': it takes what cameras and Photoshop write, such as CMYK and broken colour profiles. */
    static ImageReader jpeg() {
        IIORegistry registry = IIORegistry.getDefaultInstance();
        JPEGImageReaderSpi provider = registry.getServiceProviderByClass(JPEGImageReaderSpi.class);
        if (provider == null) { // another class loader's registry
            provider = new JPEGImageReaderSpi();
            registry.registerServiceProvider(provider);
        }
        try {
            return provider.createReaderInstance(null);
        } catch (IOException e) {
            throw new IllegalStateException("no reader of JPEG", e);
        }
    }

    /** TwelveMonkeys': it has BigTIFF, half floats and predictors of more than 8 bits. */
    static ImageReader tiff() {
        return new TIFFImageReaderSpi().createReaderInstance(null);
    }
}
