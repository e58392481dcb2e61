import EaselImaging
import EaselKit
import EaselMuse

extension PictureTools {
  /// The formats of EaselImaging.
  static let imaging = PictureTools(
    decode: { try uprightPicture($0) },
    scaled: { picture, size in
      // Twice the size would be enlarged in hard squares otherwise, as pixel art wants it.
      let grows = size.width >= picture.width && size.height >= picture.height
      return picture.scaled(to: size, by: grows ? .bicubic : .automatic)
    },
    encodePNG: { try EaselImaging.encodePNG($0) },
    encodeJPEG: { try EaselImaging.encodeJPEG($0, quality: 95) })
}

extension PreparedFile {
  /// A set whose pictures are decoded by EaselImaging.
  convenience init(_ path: String) throws {
    try self.init(path, decode: PictureTools.imaging.decode)
  }
}
