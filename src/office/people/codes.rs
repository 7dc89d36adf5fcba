//! What can be refused about persons (1200x beside the rights).

codes! { PEOPLE;
    PERSON_KNOWN = 12006, 409, "这个人已经登记过，请用身份证号查询后办理。", "The register has a person of this ID number; find them instead of adding.";
}
