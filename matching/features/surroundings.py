"""The surroundings of places as vectors."""

from collections.abc import Sequence

from scipy.sparse import csr_matrix

from matching.features.encoding import EncodedProfile
from matching.features.proximity import NODE_COUNT, surroundings
from matching.features.vectorizer import FeatureNames, ProfileVectorizer, numbered_names
from matching.sparse.matrices import SparseRow, stack_rows


class SurroundingsVectorizer(ProfileVectorizer):
    """The surroundings of the places of a profile, by node of the grid."""

    def rows(self, profiles: Sequence[EncodedProfile]) -> csr_matrix:
        """Profiles × :data:`NODE_COUNT`."""
        return stack_rows([SparseRow.of(surroundings(profile.traits)) for profile in profiles], NODE_COUNT)

    def get_feature_names_out(self, _input_features: object = None) -> FeatureNames:
        """The numbers of the nodes, from the South Pole."""
        return numbered_names("node", NODE_COUNT)
