"""The components there are, in the order of the palette. The only list."""

from designer.catalogue.catalogue import Catalogue
from designer.components.algorithms import (
    boosted_tree_regression,
    forest_regression,
    k_means,
    linear_regression,
    multiclass_boosted_tree,
    multiclass_forest,
    multiclass_logistic_regression,
    two_class_boosted_tree,
    two_class_forest,
    two_class_logistic_regression,
)
from designer.components.data import data
from designer.components.data_transformation import (
    apply_transformation,
    clean_missing_data,
    edit_metadata,
    indicator_values,
    join_data,
    normalize_data,
    select_columns,
    split_data,
)
from designer.components.model_training import cross_validate, train_model
from designer.components.python_and_sql import apply_sql, python_script
from designer.components.registration import register_model
from designer.components.scoring_and_evaluation import evaluate_model, permutation_importance, score_model
from designer.estimators import model  # noqa: F401 — teaches how trained models are kept

CATALOGUE = Catalogue(
    module.COMPONENT
    for module in (
        data,
        select_columns,
        edit_metadata,
        clean_missing_data,
        normalize_data,
        indicator_values,
        apply_transformation,
        split_data,
        join_data,
        apply_sql,
        python_script,
        two_class_logistic_regression,
        two_class_boosted_tree,
        two_class_forest,
        multiclass_logistic_regression,
        multiclass_boosted_tree,
        multiclass_forest,
        linear_regression,
        boosted_tree_regression,
        forest_regression,
        k_means,
        train_model,
        cross_validate,
        score_model,
        evaluate_model,
        permutation_importance,
        register_model,
    )
)
